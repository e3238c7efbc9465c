/**
 * How time and memory grow with the number of tasks, timers, awaits, groups and generators. Each
 * figure comes from a process of its own.
 */
@NullMarked
package asyncio4j.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
