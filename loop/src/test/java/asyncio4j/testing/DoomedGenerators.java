package asyncio4j.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.AsyncGenerator;
import asyncio4j.GeneratorExit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Generators on a loop that is closed under them, which say how they ended. */
public final class DoomedGenerators {

    private static final Duration LONG = Duration.ofHours(1);

    /** What was said, in order. */
    public final List<String> log = new ArrayList<>();

    private final HeldGenerators held = new HeldGenerators();

    private final DoomedLoop doomed;

    public DoomedGenerators(DoomedLoop doomed) {
        this.doomed = doomed;
    }

    /** A generator that isn't forgotten, whose thread is noted. */
    public <T> AsyncGenerator<T> of(AsyncGenerator.Body<T> body) {
        return held.of(g -> {
            doomed.noteThread();
            body.run(g);
        });
    }

    /** One item, then a long wait; says how it ended. */
    public AsyncGenerator<Integer> waiting(String name) {
        return of(g -> {
            try {
                g.yield(1);
                await(sleep(LONG));
            } catch (GeneratorExit e) {
                log.add(name + " exits");
                throw e;
            } finally {
                log.add(name);
            }
        });
    }

    /** Awaits in its finally block, and says that it can't. */
    public AsyncGenerator<Integer> slowToClose(String name) {
        return of(g -> {
            try {
                g.yield(1);
            } finally {
                try {
                    await(sleep(LONG));
                    log.add(name + " waited");
                } catch (GeneratorExit e) {
                    log.add(name + " can't wait");
                }
            }
        });
    }

    /** Throws in its finally block. */
    public AsyncGenerator<Integer> failing() {
        return failing(Duration.ZERO);
    }

    /** Throws in its finally block, and is suspended in a sleep before. */
    public AsyncGenerator<Integer> failingAfterAnAwait() {
        return failing(LONG);
    }

    private AsyncGenerator<Integer> failing(Duration sleep) {
        return of(g -> {
            try {
                g.yield(1);
                await(sleep(sleep));
            } finally {
                log.add("failing");
                fail();
            }
        });
    }

    private static void fail() throws IOException {
        throw new IOException("in finally");
    }
}
