/** The bridge between the loop's tasks and Project Reactor's {@code Mono} and {@code Flux}. */
@NullMarked
package asyncio4j.bridge;

import org.jspecify.annotations.NullMarked;
