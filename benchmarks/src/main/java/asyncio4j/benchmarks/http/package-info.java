/** The same WebFlux handler in four ways, under load: {@code benchmarks/http/run}. */
@org.jspecify.annotations.NullMarked
package asyncio4j.benchmarks.http;
