/** What a JVM with loops shows to the outside by JMX. */
@NullMarked
package asyncio4j.management;

import org.jspecify.annotations.NullMarked;
