/**
 * How long it takes from a completion on another thread until the waiting side goes on: the
 * percentiles, since the mean hides what a user notices.
 */
@NullMarked
package asyncio4j.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
