/** What the bridge may do with a loop beyond its public methods. */
@NullMarked
package asyncio4j.internal.access;

import org.jspecify.annotations.NullMarked;
