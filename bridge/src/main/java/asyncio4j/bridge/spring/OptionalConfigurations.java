package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

import java.util.Map;

/** Imports what belongs to libraries that may be missing, where they are on the class path. */
final class OptionalConfigurations implements ImportSelector, BeanClassLoaderAware {

    /** By a class of the library. */
    private static final Map<String, String> CONFIGURATIONS =
            Map.of(
                    "org.springframework.web.reactive.DispatcherHandler",
                    "asyncio4j.bridge.spring.WebFluxConfiguration",
                    "org.springframework.transaction.interceptor.TransactionInterceptor",
                    "asyncio4j.bridge.spring.TransactionConfiguration");

    private @Nullable ClassLoader loader;

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        loader = classLoader;
    }

    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        return CONFIGURATIONS.entrySet().stream()
                .filter(each -> ClassUtils.isPresent(each.getKey(), loader))
                .map(Map.Entry::getValue)
                .sorted()
                .toArray(String[]::new);
    }
}
