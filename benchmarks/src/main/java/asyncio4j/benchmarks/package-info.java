/** What it costs, ours and the peers' side by side in one run. */
@NullMarked
package asyncio4j.benchmarks;

import org.jspecify.annotations.NullMarked;
