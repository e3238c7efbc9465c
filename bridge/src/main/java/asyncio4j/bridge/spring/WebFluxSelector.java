package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/** Imports what belongs to WebFlux where that is on the class path. */
final class WebFluxSelector implements ImportSelector, BeanClassLoaderAware {

    private @Nullable ClassLoader loader;

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        loader = classLoader;
    }

    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        return ClassUtils.isPresent("org.springframework.web.reactive.DispatcherHandler", loader)
                ? new String[] {"asyncio4j.bridge.spring.WebFluxConfiguration"}
                : new String[0];
    }
}
