/** What the bridge plugs into the loop and into Reactor. */
@NullMarked
package asyncio4j.internal.bridge;

import org.jspecify.annotations.NullMarked;
