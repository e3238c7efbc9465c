/** A coffee bar: the parts of {@code samples/run webflux}. */
@org.jspecify.annotations.NullMarked
package asyncio4j.samples.bar;
