/**
 * The loop's machine: the ready queue, the timers, the inbox for other threads, and the order in
 * which they are served. It knows steps, not futures or tasks.
 */
@NullMarked
package asyncio4j.internal.loop;

import org.jspecify.annotations.NullMarked;
