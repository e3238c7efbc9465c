/** The persistent map under contexts. */
@NullMarked
package asyncio4j.internal.context;

import org.jspecify.annotations.NullMarked;
