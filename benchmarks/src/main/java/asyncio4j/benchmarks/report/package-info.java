/**
 * Measures everything in one go, and makes of it the JSON, the page and the charts. Called by
 * {@code benchmarks/run}.
 */
@org.jspecify.annotations.NullMarked
package asyncio4j.benchmarks.report;
