package asyncio4j;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import asyncio4j.internal.fiber.Stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/**
 * The JVM is told to stop while a runner begins, ends and is closed.
 *
 * <p>The hook takes its decision under the monitor under which the runner says what it is at; so it
 * comes before the run, and has nothing to do, or it cancels the main task, and then it waits until
 * the runner is closed, whatever comes of the cancellation.
 */
public final class JvmShutdownStress {

    private JvmShutdownStress() {}

    /** One run, as {@link Runner} does it that is closed right after that. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "it came before the run")
    @Outcome(id = "0, 1", expect = ACCEPTABLE_INTERESTING, desc = "it came after the task's end")
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "the task was cancelled")
    @Outcome(
            expect = FORBIDDEN,
            desc = "the task was cancelled, and the runner wasn't waited for until it was closed")
    @State
    public static class HookVsRunAndClose {

        private static final int TURNS = 3;

        private final EventLoop loop = Asyncio.newEventLoop();

        private final JvmShutdown shutdown = JvmShutdown.watch(Duration.ofNanos(Stress.patience()));

        @Actor
        public void runner(II_Result r) {
            Task<Void> task =
                    loop.createTask(
                            Coroutine.of(() -> {
                                for (int i = 0; i < TURNS; i++) {
                                    Stress.delay();
                                    Asyncio.await(Asyncio.sleep(Duration.ZERO));
                                }
                            }));
            DefaultEventLoop inner = DefaultEventLoop.unwrap(loop);
            shutdown.enter(inner, new MainTask<>(task));
            try {
                loop.runUntilComplete(task);
            } catch (java.util.concurrent.CancellationException e) {
                r.r1 = 1;
            }
            shutdown.enter(inner, null);
            loop.close();
            shutdown.close();
        }

        @Actor
        public void hook(II_Result r) {
            Stress.delay();
            shutdown.run();
            r.r2 = loop.isClosed() ? 1 : 0;
        }
    }
}
