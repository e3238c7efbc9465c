/**
 * The lowest floor: fibers, the baton that says which of them runs, and the engine that moves it.
 *
 * <p>Nothing here knows of loops, futures or tasks. The floor above hands in an {@link
 * asyncio4j.internal.fiber.Agenda}, which says what to do next.
 */
@NullMarked
package asyncio4j.internal.fiber;

import org.jspecify.annotations.NullMarked;
