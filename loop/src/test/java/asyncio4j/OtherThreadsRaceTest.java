package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.runCoroutineThreadsafe;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many threads hand work to a loop that goes to sleep, wakes up, and is closed under their hands.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherThreadsRaceTest {

    private static final int THREADS = 4;

    private static final int ROUNDS = 3000;

    /** What the loop has seen of one thread: the numbers that it handed in. The loop's thread. */
    private static final class Seen {
        private int next;

        private int outOfOrder;

        void number(int number) {
            if (number != next++) {
                outOfOrder++;
            }
        }
    }

    /** Hands numbers in, a few at a time, and goes on when the loop has had the last of them. */
    private static Void handIn(EventLoop loop, Seen seen, Random random)
            throws InterruptedException {
        Semaphore had = new Semaphore(0);
        int number = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int more = random.nextInt(3); more > 0; more--) {
                int own = number++;
                loop.callSoonThreadsafe(() -> seen.number(own));
            }
            int last = number++;
            loop.callSoonThreadsafe(() -> {
                seen.number(last);
                had.release();
            });
            had.acquire();
        }
        int total = number;
        loop.callSoonThreadsafe(() -> assertThat(seen.next).isEqualTo(total));
        return null;
    }

    private static void manyHandIn(EventLoop loop) {
        List<Seen> all = new ArrayList<>();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Seen seen = new Seen();
            Random random = new Random(i);
            all.add(seen);
            threads.add(OtherThread.start(() -> handIn(loop, seen, random)));
        }
        CompletableFuture<Void> end =
                CompletableFuture.allOf(threads.toArray(CompletableFuture<?>[]::new))
                        .whenComplete((value, error) -> loop.callSoonThreadsafe(loop::stop));
        List<ExceptionContext> reports = new ArrayList<>();
        loop.setExceptionHandler((l, context) -> reports.add(context));
        loop.runForever();
        loop.close();
        assertThat(catchThrowable(end::join)).isNull();
        assertThat(reports).isEmpty();
        assertThat(all)
                .allSatisfy(seen -> {
                    assertThat(seen.outOfOrder).isZero();
                    assertThat(seen.next).isGreaterThanOrEqualTo(ROUNDS);
                });
    }

    @Test
    @Contract(1)
    void nothingIsLostAndTheOrderOfEachThreadIsKeptThoughTheLoopGoesIdleAgainAndAgain() {
        manyHandIn(newEventLoop());
    }

    @Test
    void theSameHoldsWhileItSleepsUntilTheNextTimerEachTime() {
        EventLoop loop = newEventLoop();
        loop.callSoon(
                new Runnable() {
                    @Override
                    public void run() {
                        loop.callLater(Duration.ofNanos(2000), this);
                    }
                });
        manyHandIn(loop);
    }

    @Test
    void theSameHoldsWhileATaskYieldsWithoutEnd() {
        EventLoop loop = newEventLoop();
        AsyncFuture<Integer> pending = loop.createFuture();
        Task<?> task =
                loop.createTask(() -> {
                    while (!pending.done()) {
                        await(sleep(Duration.ZERO));
                    }
                    return null;
                });
        task.hideDestroyPending();
        manyHandIn(loop);
        assertThat(pending.done()).isFalse();
        assertThat(task.cancelled()).isTrue();
    }

    @Test
    void tasksAndThreadsMayPassTheBallBetweenThemThousandsOfTimes() {
        try (Runner runner = Runner.create()) {
            int total =
                    runner.run(() -> {
                        List<Task<Integer>> players = new ArrayList<>();
                        for (int i = 0; i < THREADS; i++) {
                            players.add(createTask(OtherThreadsRaceTest::play));
                        }
                        int sum = 0;
                        for (Task<Integer> player : players) {
                            sum += await(player);
                        }
                        return sum;
                    });
            assertThat(total).isEqualTo(THREADS * ROUNDS);
        }
    }

    /** Sends a number to a thread of its own and awaits it back, plus one. */
    private static int play() {
        EventLoop loop = getRunningLoop();
        Semaphore served = new Semaphore(0);
        List<CompletableFuture<Integer>> balls = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            balls.add(new CompletableFuture<>());
        }
        CompletableFuture<Void> partner =
                OtherThread.start(() -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        served.acquire();
                        if (i % 2 == 0) {
                            balls.get(i).complete(1);
                        } else {
                            CompletableFuture<Integer> ball = balls.get(i);
                            loop.callSoonThreadsafe(() -> ball.complete(1));
                        }
                    }
                    return null;
                });
        int sum = 0;
        for (CompletableFuture<Integer> ball : balls) {
            served.release();
            sum += await(ball);
        }
        await(partner);
        return sum;
    }

    @Test
    void coroutinesHandedInByManyThreadsAllEnd() {
        try (Runner runner = Runner.create()) {
            runner.run(() -> {
                EventLoop loop = getRunningLoop();
                List<CompletableFuture<Integer>> threads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    threads.add(
                            OtherThread.start(() -> {
                                int sum = 0;
                                for (int round = 0; round < ROUNDS / 3; round++) {
                                    int number = round;
                                    sum +=
                                            runCoroutineThreadsafe(
                                                            () ->
                                                                    await(
                                                                            sleep(
                                                                                    Duration
                                                                                            .ofNanos(
                                                                                                    1),
                                                                                    number)),
                                                            loop)
                                                    .join();
                                }
                                return sum;
                            }));
                }
                for (CompletableFuture<Integer> thread : threads) {
                    assertThat(await(thread)).isEqualTo(499_500);
                }
            });
        }
    }

    /** What one thread got from a loop that was closed meanwhile. */
    private static final class Poster {
        final List<CompletableFuture<?>> futures = new ArrayList<>();

        int accepted;

        @Nullable Throwable refusal;
    }

    /** Hands in work of all kinds until the loop refuses it, or has had enough of it. */
    private static Poster post(
            EventLoop loop, AsyncFuture<Integer> pending, AtomicInteger ran, CountDownLatch ready) {
        Poster poster = new Poster();
        ready.countDown();
        try {
            for (int i = 0; i < 40; i++) {
                loop.callSoonThreadsafe(ran::incrementAndGet);
                poster.accepted++;
                poster.futures.add(pending.toCompletableFuture());
                poster.futures.add(
                        runCoroutineThreadsafe(
                                () -> {
                                    await(sleep(Duration.ZERO));
                                    return 1;
                                },
                                loop));
            }
        } catch (IllegalStateException e) {
            poster.refusal = e;
        }
        poster.futures.add(pending.toCompletableFuture());
        return poster;
    }

    @Test
    @Contract(11)
    void whatIsHandedInWhileALoopIsClosedRunsOrIsRefusedOrEnds() throws InterruptedException {
        Random random = new Random(11);
        for (int round = 0; round < 1000; round++) {
            EventLoop loop = newEventLoop();
            loop.setExceptionHandler((l, context) -> {}); // of tasks that are pending
            AsyncFuture<Integer> pending = loop.createFuture();
            AtomicInteger ran = new AtomicInteger();
            CountDownLatch ready = new CountDownLatch(2);
            List<CompletableFuture<Poster>> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(OtherThread.start(() -> post(loop, pending, ran, ready)));
            }
            ready.await();
            for (int i = random.nextInt(4); i > 0; i--) {
                loop.stop();
                loop.runForever();
            }
            loop.close();
            int ranUntilClose = ran.get();
            int accepted = 0;
            for (CompletableFuture<Poster> thread : threads) {
                Poster poster = thread.join();
                accepted += poster.accepted;
                if (poster.refusal != null) {
                    assertThat(poster.refusal).hasMessageStartingWith("Event loop is closed");
                }
                for (CompletableFuture<?> future : poster.futures) {
                    assertThat(future.isDone()).isTrue();
                    if (!future.isCancelled()) {
                        assertThat(future.join()).isEqualTo(1);
                    }
                }
            }
            assertThat(ran.get()).as("nothing runs after close").isEqualTo(ranUntilClose);
            assertThat(ranUntilClose).isLessThanOrEqualTo(accepted);
            assertThat(loop.allTasks()).isEmpty();
        }
    }

    @Test
    void whatIsHandedInWhileARunnerClosesRunsOrIsRefusedOrEnds() throws InterruptedException {
        for (int round = 0; round < 400; round++) {
            Runner runner = Runner.create();
            EventLoop loop = runner.getLoop();
            loop.setExceptionHandler(
                    (l, context) -> {}); // of tasks that come too late to be cancelled
            CountDownLatch ready = new CountDownLatch(2);
            List<CompletableFuture<List<CompletableFuture<Integer>>>> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(
                        OtherThread.start(() -> {
                            List<CompletableFuture<Integer>> futures = new ArrayList<>();
                            ready.countDown();
                            for (int n = 0; n < 20; n++) {
                                try {
                                    futures.add(
                                            runCoroutineThreadsafe(
                                                    () -> await(sleep(Duration.ofDays(1), 1)),
                                                    loop));
                                } catch (IllegalStateException e) {
                                    assertThat(e).hasMessageStartingWith("Event loop is closed");
                                }
                            }
                            return futures;
                        }));
            }
            ready.await();
            runner.run(() -> await(sleep(Duration.ZERO)));
            runner.close();
            for (CompletableFuture<List<CompletableFuture<Integer>>> thread : threads) {
                assertThat(thread.join()).allSatisfy(future -> assertThat(future).isCancelled());
            }
        }
    }
}
