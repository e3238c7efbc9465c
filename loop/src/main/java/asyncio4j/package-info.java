/**
 * asyncio for Java: an event loop, tasks whose bodies are plain Java, futures, context variables,
 * and a {@link asyncio4j.Runner} that always cleans up.
 *
 * <p>{@link asyncio4j.Asyncio} holds what Python's {@code asyncio} module has as functions; import
 * it statically. Names are asyncio's in camel case, times are {@link java.time.Duration}.
 */
@NullMarked
package asyncio4j;

import org.jspecify.annotations.NullMarked;
