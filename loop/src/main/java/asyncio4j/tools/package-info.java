/** The command line: looks at the loops of another JVM on this machine. */
@NullMarked
package asyncio4j.tools;

import org.jspecify.annotations.NullMarked;
