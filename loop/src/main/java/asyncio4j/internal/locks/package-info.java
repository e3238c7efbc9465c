/** What locks and queues share. */
@NullMarked
package asyncio4j.internal.locks;

import org.jspecify.annotations.NullMarked;
