package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.toThread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;

/** Code on a fiber knows which one that is, among many fibers of many loops. */
class CurrentFiberTest {

    private static final int LOOPS = 4;

    /** Of one loop: together more than are remembered at once. */
    private static final int TASKS = 600;

    @Test
    void eachOfManyLoopsKnowsItsTasksWhileTheOthersRun() {
        CyclicBarrier together = new CyclicBarrier(LOOPS);
        List<CompletableFuture<Integer>> sums = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            sums.add(
                    CompletableFuture.supplyAsync(
                            () -> Asyncio.run(() -> crowd(together)),
                            body -> Thread.ofPlatform().start(body)));
        }
        for (CompletableFuture<Integer> sum : sums) {
            assertThat(sum.join()).isEqualTo(TASKS);
        }
    }

    private static int crowd(CyclicBarrier together) throws Exception {
        EventLoop loop = getRunningLoop();
        together.await();
        List<Task<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            tasks.add(createTask(() -> keepsItsIdentity(loop)));
        }
        int sum = 0;
        for (Boolean kept : await(gather(tasks))) {
            sum += kept ? 1 : 0;
        }
        return sum;
    }

    private static boolean keepsItsIdentity(EventLoop loop) {
        Task<?> self = currentTask();
        for (int turn = 0; turn < 5; turn++) {
            await(sleep(Duration.ZERO));
            if (currentTask() != self || getRunningLoop() != loop) {
                return false;
            }
        }
        return true;
    }

    @Test
    void otherThreadsAreOnNone() {
        Asyncio.run(() -> {
            assertThat(Fiber.current()).isNotNull();
            @Nullable Fiber seen = await(toThread(Fiber::current));
            assertThat(seen).isNull();
        });
        assertThat(Fiber.current()).isNull();
        Boolean none =
                CompletableFuture.supplyAsync(
                                () -> Fiber.current() == null, Thread::startVirtualThread)
                        .join();
        assertThat(none).isTrue();
    }

    @Test
    void afterItsRunALoopsNextOneStillKnows() {
        try (Runner runner = Runner.builder().build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(runner.run(() -> keepsItsIdentity(getRunningLoop()))).isTrue();
            }
        }
        assertThatThrownBy(Asyncio::getRunningLoop).isInstanceOf(IllegalStateException.class);
    }
}
