package asyncio4j.bridge.spring;

import asyncio4j.Engine;
import asyncio4j.EventLoop;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringUtils;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Without Boot: makes the loops by the properties of the environment, unless there are some, and
 * with one loop the bean of the type {@code EventLoop}. It comes after all configuration classes,
 * so it sees what they define.
 */
final class DefaultLoops implements BeanDefinitionRegistryPostProcessor, EnvironmentAware {

    private Environment environment = new StandardEnvironment();

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
        if (isMissing(beans, AsyncioLoops.class)) {
            RootBeanDefinition loops =
                    new RootBeanDefinition(AsyncioLoops.class, () -> settings(environment).build());
            registry.registerBeanDefinition("asyncioLoops", loops);
        }
        if (isMissing(beans, EventLoop.class)
                && "1".equals(environment.getProperty(AsyncioProperties.LOOPS, "").strip())) {
            RootBeanDefinition only =
                    new RootBeanDefinition(
                            EventLoop.class, () -> beans.getBean(AsyncioLoops.class).only());
            only.setLazyInit(true);
            only.setDestroyMethodName(""); // the loops close it
            registry.registerBeanDefinition("asyncioEventLoop", only);
        }
    }

    private static boolean isMissing(ConfigurableListableBeanFactory beans, Class<?> type) {
        return beans.getBeanNamesForType(type, true, false).length == 0;
    }

    /** What the properties say. */
    static AsyncioLoops.Builder settings(Environment environment) {
        AsyncioLoops.Builder builder = AsyncioLoops.builder();
        set(environment, AsyncioProperties.LOOPS, Integer::valueOf, builder::loops);
        set(
                environment,
                AsyncioProperties.WATCHDOG_LIMIT,
                DurationFormatterUtils::detectAndParse,
                builder::watchdogLimit);
        set(
                environment,
                AsyncioProperties.SHUTDOWN_TIMEOUT,
                DurationFormatterUtils::detectAndParse,
                builder::shutdownTimeout);
        set(
                environment,
                AsyncioProperties.ENGINE,
                text -> Engine.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_')),
                builder::engine);
        Boolean debug = environment.getProperty(AsyncioProperties.DEBUG, Boolean.class);
        if (debug != null) {
            builder.debug(debug);
        }
        return builder;
    }

    private static <T> void set(
            Environment environment,
            String name,
            Function<String, T> parser,
            Consumer<? super T> setter) {
        String text = environment.getProperty(name);
        if (!StringUtils.hasText(text)) {
            return;
        }
        T value;
        try {
            value = parser.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the property " + name + " can't be '" + text + "'", e);
        }
        setter.accept(value);
    }
}
