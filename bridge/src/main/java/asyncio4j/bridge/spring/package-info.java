/**
 * Spring: loops as beans, and {@code Coroutine}, {@code Task} and {@code AsyncGenerator} wherever
 * Spring takes {@code Mono} and {@code Flux}. Spring Boot configures it by itself; without Boot,
 * {@link asyncio4j.bridge.spring.EnableAsyncio} does.
 */
@NullMarked
package asyncio4j.bridge.spring;

import org.jspecify.annotations.NullMarked;
