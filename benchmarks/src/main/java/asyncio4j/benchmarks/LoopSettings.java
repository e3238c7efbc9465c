package asyncio4j.benchmarks;

import asyncio4j.Engine;
import asyncio4j.bridge.ReactorRunner;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark with a loop of ours. */
public abstract class LoopSettings extends Settings {

    /** What the loop runs on; the peers' benchmarks don't care. */
    @Param("VIRTUAL_THREADS")
    Engine engine;

    ReactorRunner runner;

    /** A loop for the whole trial. */
    @Setup
    public void open() {
        runner = ReactorRunner.builder().engine(engine).build();
    }

    /** Ends the loop. */
    @TearDown
    public void close() {
        runner.close();
    }
}
