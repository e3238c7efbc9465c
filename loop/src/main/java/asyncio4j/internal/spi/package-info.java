/** What the bridge plugs into the loop. */
@NullMarked
package asyncio4j.internal.spi;

import org.jspecify.annotations.NullMarked;
