package asyncio4j.internal.loop;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.spi.Poller;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A loop that waits in something else than a park. */
class PollerTest {

    private final FakePoller[] made = new FakePoller[1];

    private final EventLoop loop =
            LoopAccess.get()
                    .newEventLoop(
                            null,
                            host -> {
                                made[0] = new FakePoller(host);
                                return made[0];
                            });

    private final FakePoller poller = made[0];

    @AfterEach
    void closeLoop() {
        loop.close();
        assertThat(poller.closed).isEqualTo(1);
    }

    /** Events come from other threads; a wait is one for a permit. */
    private static final class FakePoller implements Poller {

        final Host host;

        final Queue<Runnable> events = new ConcurrentLinkedQueue<>();

        final Semaphore wakeUps = new Semaphore(0);

        /** The threads that waited, and what was wrong in an event. Baton holder only. */
        final List<Thread> waited = new ArrayList<>();

        int works;

        int closed;

        FakePoller(Host host) {
            this.host = host;
        }

        void happen(Runnable event) {
            events.add(event);
            wakeUps.release();
        }

        @Override
        public boolean poll(long nanos) {
            assertThat(host.isHolder(Thread.currentThread())).isTrue();
            if (nanos > 0 && host.mayWait() && events.isEmpty()) {
                waited.add(Thread.currentThread());
                try {
                    var _ = wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    // as if woken
                }
            }
            host.waited();
            boolean any = false;
            for (Runnable event = events.poll(); event != null; event = events.poll()) {
                any = true;
                event.run();
            }
            return any;
        }

        @Override
        public void work() {
            works++;
        }

        @Override
        public void wakeup() {
            wakeUps.release();
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void anEventIsNoTasksAndCompletesAnAwaitThere() {
        Thread[] outside = new Thread[1];
        List<Object> seen = new ArrayList<>();
        String got =
                loop.runUntilComplete(() -> {
                    AsyncFuture<String> future = getRunningLoop().createFuture();
                    outside[0] =
                            Thread.startVirtualThread(() ->
                                    poller.happen(() -> {
                                        seen.add(LoopAccess.get().runningLoop() == loop);
                                        seen.add(LoopAccess.get().currentTask() == null);
                                        future.setResult("happened");
                                    }));
                    return await(future);
                });
        assertThat(got).isEqualTo("happened");
        assertThat(seen).containsExactly(true, true);
    }

    @Test
    void otherThreadsEndTheWait() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            Thread[] outside = new Thread[1];
            String got =
                    loop.runUntilComplete(() -> {
                        AsyncFuture<String> future = getRunningLoop().createFuture();
                        outside[0] =
                                Thread.startVirtualThread(() ->
                                        loop.callSoonThreadsafe(() -> future.setResult("in")));
                        return await(future);
                    });
            assertThat(got).isEqualTo("in");
            outside[0].join();
        }
    }

    @Test
    void aLongWaitKeepsNoCarrier() {
        loop.runUntilComplete(() -> await(sleep(Duration.ofMillis(20))));
        assertThat(poller.waited).isNotEmpty().noneMatch(Thread::isVirtual);
    }

    @Test
    void workIsDoneOnceHoweverOftenItIsAskedFor() {
        loop.runUntilComplete(() -> {
            poller.host.request();
            poller.host.request();
            await(sleep(Duration.ZERO));
            await(sleep(Duration.ZERO));
            assertThat(poller.works).isEqualTo(1);
            poller.host.request();
            await(sleep(Duration.ZERO));
            await(sleep(Duration.ZERO));
            assertThat(poller.works).isEqualTo(2);
            return null;
        });
    }

    @Test
    void aLoopThatNeverRanIsClosedAsWell() {
        assertThat(LoopAccess.get().poller(loop)).isSameAs(poller);
        assertThat(poller.host.isHolder(Thread.currentThread())).isFalse();
    }
}
