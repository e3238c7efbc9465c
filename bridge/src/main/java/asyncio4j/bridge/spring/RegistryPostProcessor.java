package asyncio4j.bridge.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.function.SingletonSupplier;

/**
 * Makes the types known to every registry: to those that are beans, as WebFlux has one of its own,
 * and to the one that all the rest of Spring shares.
 */
final class RegistryPostProcessor implements BeanPostProcessor, PriorityOrdered {

    private final SingletonSupplier<AsyncioLoops> loops;

    RegistryPostProcessor(ObjectProvider<AsyncioLoops> loops) {
        this.loops = SingletonSupplier.of(loops::getObject);
        ReactiveTypes.registerShared();
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof ReactiveAdapterRegistry registry
                && registry != ReactiveAdapterRegistry.getSharedInstance()) {
            new ReactiveTypes(loops::obtain).register(registry);
        }
        return bean;
    }
}
