/** Locks for the tasks of one loop, after Python's {@code asyncio.locks}. */
@NullMarked
package asyncio4j.locks;

import org.jspecify.annotations.NullMarked;
