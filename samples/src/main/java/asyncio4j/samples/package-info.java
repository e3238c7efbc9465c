/** Programs to run and to read; {@code samples/run NAME} runs one. */
@NullMarked
package asyncio4j.samples;

import org.jspecify.annotations.NullMarked;
