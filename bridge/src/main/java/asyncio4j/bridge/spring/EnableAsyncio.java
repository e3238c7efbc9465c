package asyncio4j.bridge.spring;

import org.springframework.context.annotation.Import;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a {@code @Configuration} class: event loops as a bean, {@link AsyncioLoops}, and all that
 * makes Spring take {@code Coroutine}, {@code Task} and {@code AsyncGenerator} as it takes {@code
 * Mono} and {@code Flux}. Spring Boot needs no such annotation: there it is auto-configured.
 *
 * {@snippet lang=java :
 * @Configuration
 * @EnableWebFlux
 * @EnableAsyncio
 * class Application {}
 * }
 *
 * <p>The loops are made as the properties {@code asyncio4j.*} of Spring's {@code Environment} say,
 * see {@link AsyncioLoops.Builder}, unless there is a bean of the type {@link AsyncioLoops}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(AsyncioConfiguration.class)
@SuppressWarnings("exports") // the configuration is for Spring alone
public @interface EnableAsyncio {}
