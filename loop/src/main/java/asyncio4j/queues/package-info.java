/** Queues between the tasks of one loop, after Python's {@code asyncio.queues}. */
@NullMarked
package asyncio4j.queues;

import org.jspecify.annotations.NullMarked;
