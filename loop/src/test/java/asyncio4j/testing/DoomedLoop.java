package asyncio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A loop on a virtual clock that a test closes by hand, what its exception handler is told, and the
 * threads that ran bodies on it. Registered with JUnit it is closed after the test at the latest.
 */
public final class DoomedLoop implements AfterEachCallback {

    /** What is said of a task that is suspended when its loop is closed. */
    public static final String DESTROYED = "Task was destroyed but it is pending!";

    public final EventLoop loop = Asyncio.newEventLoop(new VirtualClock());

    /** What the exception handler was told, in order. */
    public final List<ExceptionContext> reports = new ArrayList<>();

    /** Those that ran a body, in order. */
    public final List<Thread> threads = new ArrayList<>();

    public DoomedLoop() {
        loop.setExceptionHandler((l, report) -> reports.add(report));
    }

    /** Remembers the calling thread as one that runs a body. */
    public void noteThread() {
        threads.add(Thread.currentThread());
    }

    /** Runs the loop until {@code body} has ended. */
    public void run(VoidCoroutine body) {
        loop.runUntilComplete(
                Coroutine.of(() -> {
                    noteThread();
                    body.run();
                }));
    }

    /** A task that has run up to its first suspension. */
    public <T> Task<T> suspended(Coroutine<T> body) {
        Task<T> task =
                loop.createTask(() -> {
                    noteThread();
                    return body.run();
                });
        loop.runUntilComplete(Asyncio.sleep(Duration.ZERO));
        return task;
    }

    /** A task without a result that has run up to its first suspension. */
    public Task<?> suspended(VoidCoroutine body) {
        return suspended(Coroutine.of(body));
    }

    /** The messages of what the exception handler was told. */
    public List<String> messages() {
        return reports.stream().map(ExceptionContext::message).toList();
    }

    /** That there were threads, and that none is left. */
    public void assertAllThreadsEnded() {
        assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        loop.close();
    }
}
