package asyncio4j.benchmarks;

import asyncio4j.bridge.ReactorRunner;

import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A benchmark with a loop of ours. */
public abstract class LoopSettings extends Settings {

    ReactorRunner runner;

    /** A loop for the whole trial. */
    @Setup
    public void open() {
        runner = ReactorRunner.create();
    }

    /** Ends the loop. */
    @TearDown
    public void close() {
        runner.close();
    }
}
