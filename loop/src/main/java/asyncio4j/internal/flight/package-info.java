/**
 * The events that the JDK's Flight Recorder gets. Nothing outside of this package names a type of
 * {@code jdk.jfr}, which may be missing.
 */
@NullMarked
package asyncio4j.internal.flight;

import org.jspecify.annotations.NullMarked;
