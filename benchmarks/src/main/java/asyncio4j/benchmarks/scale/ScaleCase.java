package asyncio4j.benchmarks.scale;

import asyncio4j.Runner;

import java.util.function.Supplier;

/** Work of a size that can be chosen. */
@FunctionalInterface
interface ScaleCase {

    /**
     * Does it once.
     *
     * @param n the size
     * @param probe what is told where the phases end
     * @param runners makes runners on the engine that is measured
     */
    void run(int n, Probe probe, Supplier<Runner> runners) throws Exception;
}
