package asyncio4j;

import static asyncio4j.Asyncio.newEventLoop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.LoggedWarnings;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The watchdog's own thread: when there is one, and what it holds. */
class WatchdogThreadTest {

    private static final Duration SHORT = Duration.ofMillis(1);

    private static Thread thread(Watchdog watchdog) {
        Thread thread = watchdog.thread();
        assertThat(thread).isNotNull();
        return thread;
    }

    @Test
    void itStartsWithTheFirstLoopThatRunsAndGoesWhenNoneDoes() throws InterruptedException {
        Watchdog watchdog = new Watchdog(SHORT, false);
        assertThat(watchdog.thread()).isNull();
        try (EventLoop first = newEventLoop();
                EventLoop second = newEventLoop()) {
            LoopWatch one = watchdog.enter((DefaultEventLoop) first);
            Thread thread = thread(watchdog);
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.isVirtual()).isFalse();
            assertThat(thread.getName()).isEqualTo("asyncio4j-watchdog");
            LoopWatch two = watchdog.enter((DefaultEventLoop) second);
            assertThat(watchdog.loops())
                    .containsExactly((DefaultEventLoop) first, (DefaultEventLoop) second);
            watchdog.leave(one);
            assertThat(thread(watchdog)).isSameAs(thread);
            assertThat(watchdog.loops()).containsExactly((DefaultEventLoop) second);
            watchdog.leave(two);
            assertThat(watchdog.loops()).isEmpty();
            thread.join();
            assertThat(watchdog.thread()).isNull();
            LoopWatch again = watchdog.enter((DefaultEventLoop) first);
            Thread next = thread(watchdog);
            assertThat(next).isNotSameAs(thread);
            watchdog.leave(again);
            next.join();
        }
    }

    @Test
    void allLoopsHaveOneThreadAndRunsInARowDoToo() {
        try (EventLoop loop = newEventLoop()) {
            loop.runUntilComplete(() -> 1);
            Thread thread = thread(Watchdog.OF_JVM);
            for (int i = 0; i < 10; i++) {
                loop.runUntilComplete(() -> {
                    assertThat(Watchdog.OF_JVM.loops()).contains((DefaultEventLoop) loop);
                    return 2;
                });
            }
            assertThat(thread(Watchdog.OF_JVM)).isSameAs(thread);
        }
    }

    @Test
    void anInterruptDoesntEndIt() throws InterruptedException {
        Watchdog watchdog = new Watchdog(SHORT, false);
        try (EventLoop loop = newEventLoop()) {
            LoopWatch watch = watchdog.enter((DefaultEventLoop) loop);
            Thread thread = thread(watchdog);
            thread.interrupt();
            watchdog.leave(watch);
            thread.join();
            assertThat(watchdog.thread()).isNull();
        }
    }

    @Test
    void aLoopThatHasRunIsntKept() throws InterruptedException {
        Watchdog watchdog = new Watchdog(SHORT, false);
        try (EventLoop other = newEventLoop()) {
            other.setWatchdogLimit(Duration.ofMillis(1));
            LoopWatch watch = watchdog.enter((DefaultEventLoop) other);
            Thread thread = thread(watchdog);
            WeakReference<EventLoop> gone = loopThatWasWatched(watchdog);
            while (gone.get() != null) {
                System.gc();
            }
            assertThat(thread.isAlive()).isTrue();
            watchdog.leave(watch);
            thread.join();
        }
    }

    private static WeakReference<EventLoop> loopThatWasWatched(Watchdog watchdog) {
        EventLoop loop = newEventLoop();
        LoopWatch watch = watchdog.enter((DefaultEventLoop) loop);
        watchdog.leave(watch);
        loop.close();
        return new WeakReference<>(loop);
    }

    @Test
    void inRealTimeAHeldLoopIsNamedWhileItIsHeld() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        try (LoggedWarnings log = new LoggedWarnings();
                Runner runner = Runner.builder().watchdogLimit(Duration.ofMillis(20)).build()) {
            Thread helper =
                    Thread.ofPlatform()
                            .start(() -> {
                                String said = take(log);
                                while (!said.contains("WatchdogThreadTest.inTheWay(")) {
                                    said = take(log); // of another test's loop
                                }
                                release.countDown();
                            });
            runner.run(() -> inTheWay(release));
            helper.join();
            String said = take(log);
            while (!said.contains(" was released by task ")) {
                said = take(log);
            }
        }
    }

    private static void inTheWay(CountDownLatch release) throws InterruptedException {
        release.await();
    }

    private static String take(LoggedWarnings log) {
        try {
            return log.watchdog.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLoggerThatFailsDoesntEndIt() throws InterruptedException {
        CountDownLatch twice = new CountDownLatch(2);
        Handler failing =
                new Handler() {
                    @Override
                    public void publish(LogRecord entry) {
                        twice.countDown();
                        throw new IllegalStateException("the disk is full");
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        Logger logger = Logger.getLogger("asyncio4j");
        logger.addHandler(failing);
        logger.setUseParentHandlers(false);
        try (Runner runner = Runner.builder().watchdogLimit(Duration.ofMillis(1)).build()) {
            runner.run(() -> {
                twice.await();
            });
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(failing);
        }
        assertThat(thread(Watchdog.OF_JVM).isAlive()).isTrue();
    }
}
