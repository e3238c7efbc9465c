package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.locks.Takers.taker;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.Task;
import asyncio4j.VirtualClock;
import asyncio4j.VoidCoroutine;
import asyncio4j.testing.Contract;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;

/** Which loop and which thread a semaphore belongs to. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class SemaphoreLoopTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    @Contract(71)
    void madeOutsideOfALoopItGoesWithTheOneWhereATaskFirstWaits() {
        Semaphore semaphore = new Semaphore(1);
        runner.run(() -> await(semaphore.acquire()).close());
        try (VirtualRunner other = new VirtualRunner()) {
            other.run(() -> contend(semaphore));
        }
        assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
    }

    @Test
    @Contract(71)
    void onAnotherLoopThanItsOwnNobodyCanWait() {
        Semaphore semaphore = new Semaphore(1);
        runner.run(() -> contend(semaphore));
        try (VirtualRunner other = new VirtualRunner()) {
            VoidCoroutine uncontended =
                    () -> {
                        Semaphore.Permit permit = await(semaphore.acquire());
                        assertThatIllegalStateException()
                                .isThrownBy(() -> await(semaphore.acquire()))
                                .withMessageStartingWith(
                                        "Semaphore[locked] is bound to a different event loop")
                                .withMessageEndingWith("make one for each loop");
                        assertThat(semaphore).hasToString("Semaphore[locked]");
                        permit.close();
                    };
            other.run(uncontended);
        }
        assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
    }

    /** Has a task wait for it. */
    private static void contend(Semaphore semaphore) {
        Semaphore.Permit permit = await(semaphore.acquire());
        Task<?> waiting = createTask(() -> await(semaphore.acquire()).close());
        turn();
        permit.close();
        await(waiting);
    }

    @Test
    void foreignThreadIsRefusedAndChangesNothing() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            Semaphore.Permit permit = await(semaphore.acquire());
            Task<?> waiting = taker(semaphore, "waiting", log);
            turn();
            Thread foreign =
                    Thread.ofPlatform()
                            .name("foreign")
                            .start(() ->
                                    assertThatIllegalStateException()
                                            .isThrownBy(semaphore::release)
                                            .withMessageStartingWith(
                                                    "Semaphore.release belongs to the thread of"
                                                            + " asyncio4j-loop-")
                                            .withMessageContaining(
                                                    "not to thread foreign: use"
                                                            + " loop.callSoonThreadsafe(...)")
                                            .satisfies(log::add));
            foreign.join();
            assertThat(log).hasSize(1);
            assertThat(semaphore).hasToString("Semaphore[locked, waiters=1]");
            permit.close();
            await(waiting);
        });
        assertThat(log.getLast()).isEqualTo("waiting");
    }

    @Test
    void anotherLoopsThreadIsRefusedWhileItsOwnRuns() {
        runner.run(() -> {
            Semaphore semaphore = new Semaphore(1);
            contend(semaphore);
            Thread foreign =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (VirtualRunner other = new VirtualRunner()) {
                                    other.run(() -> {
                                        assertThatIllegalStateException()
                                                .isThrownBy(() -> await(semaphore.acquire()))
                                                .withMessageStartingWith(
                                                        "Semaphore.acquire belongs to the thread of"
                                                                + " asyncio4j-loop-")
                                                .satisfies(log::add);
                                    });
                                }
                            });
            foreign.join();
            assertThat(log).hasSize(1);
            assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
        });
    }

    @Test
    void loopThatIsClosedWhileATaskWaitsTakesNoPermitAlong() {
        Semaphore semaphore = new Semaphore(0);
        EventLoop loop = Asyncio.newEventLoop(new VirtualClock());
        List<String> reports = new ArrayList<>();
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        KeyboardInterrupt atOnce = new KeyboardInterrupt();
        assertThatThrownBy(() ->
                        loop.runUntilComplete(
                                Coroutine.of(() -> {
                                    taker(semaphore, "never", log);
                                    turn();
                                    semaphore.release(); // wakes it, but the loop is left before it
                                    // goes
                                    throw atOnce;
                                })))
                .isSameAs(atOnce);
        assertThat(semaphore).hasToString("Semaphore[locked, waiters=1]");
        loop.close();
        assertThat(reports).containsExactly("Task was destroyed but it is pending!");
        assertThat(log).isEmpty();
        assertThat(semaphore).hasToString("Semaphore[unlocked, value=1]");
    }
}
