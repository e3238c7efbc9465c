package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

import java.util.List;
import java.util.Map;

/** Imports what belongs to libraries that may be missing, where they are on the class path. */
final class OptionalConfigurations implements ImportSelector, BeanClassLoaderAware {

    private static final String WEBFLUX = "org.springframework.web.reactive.DispatcherHandler";

    /** By the classes that they need. */
    private static final Map<String, List<String>> CONFIGURATIONS =
            Map.of(
                    "asyncio4j.bridge.spring.WebFluxConfiguration",
                    List.of(WEBFLUX),
                    "asyncio4j.bridge.spring.TransactionConfiguration",
                    List.of("org.springframework.transaction.interceptor.TransactionInterceptor"),
                    "asyncio4j.bridge.spring.SecurityConfiguration",
                    List.of(
                            WEBFLUX,
                            "org.springframework.security.core.context"
                                    + ".ReactiveSecurityContextHolder",
                            "io.micrometer.context.ContextRegistry"));

    private @Nullable ClassLoader loader;

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        loader = classLoader;
    }

    @Override
    public String[] selectImports(AnnotationMetadata importing) {
        return CONFIGURATIONS.entrySet().stream()
                .filter(each ->
                        each.getValue().stream()
                                .allMatch(type -> ClassUtils.isPresent(type, loader)))
                .map(Map.Entry::getKey)
                .sorted()
                .toArray(String[]::new);
    }
}
