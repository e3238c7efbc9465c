package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.testing.Cancellations.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;

/**
 * Tasks that await each other in a circle never end by themselves, but can be cancelled. In asyncio
 * that is a RecursionError.
 */
class CircleCancelTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    /** Completed with the task that closes the circle. */
    private AsyncFuture<Awaitable<?>> closing() {
        return getRunningLoop().createFuture();
    }

    /** Tasks that each await the next one, and the last the first. */
    private List<Task<?>> circle(int length) throws Exception {
        AsyncFuture<Awaitable<?>> closing = closing();
        List<Task<?>> tasks = new ArrayList<>();
        tasks.add(createTask(() -> await(awaitable(closing))));
        for (int i = 1; i < length; i++) {
            Task<?> before = tasks.getLast();
            tasks.add(createTask(() -> await(before)));
        }
        closing.setResult(tasks.getLast());
        turn();
        turn();
        return tasks;
    }

    /** What a future has, as something to await. */
    private static AsyncFuture<?> awaitable(AsyncFuture<Awaitable<?>> future) throws Exception {
        return Asyncio.ensureFuture(await(future));
    }

    @Test
    void oneOfACircleIsCancelledAndSoAllAre() {
        runner.run(() -> {
            for (int length = 2; length <= 4; length++) {
                for (int cancelled = 0; cancelled < length; cancelled++) {
                    List<Task<?>> tasks = circle(length);
                    Task<?> one = tasks.get(cancelled);
                    assertThat(one.cancel()).isTrue();
                    assertThatThrownBy(() -> await(one)).isInstanceOf(CancelledError.class);
                    assertThat(tasks).allMatch(task -> task.cancelled() && task.cancelling() == 1);
                }
            }
        });
    }

    @Test
    void oneWhoAwaitsACircleIsCancelledAndSoIsTheCircle() {
        runner.run(() -> {
            List<Task<?>> tasks = circle(3);
            Task<?> outside = createTask(() -> await(tasks.get(1)));
            turn();
            outside.cancel("from outside");
            assertThatThrownBy(() -> await(outside)).isInstanceOf(CancelledError.class);
            assertThat(tasks).allMatch(AsyncFuture::cancelled);
        });
    }

    @Test
    void aCircleThatGoesThroughGathersIsCancelled() {
        runner.run(() -> {
            AsyncFuture<Awaitable<?>> closing = closing();
            AsyncFuture<String> other = getRunningLoop().createFuture();
            Task<?> one =
                    createTask(() ->
                            await(gatherReturnExceptions(List.of(awaitable(closing), other))));
            Task<?> two = createTask(() -> await(gather(List.of(one))));
            closing.setResult(two);
            turn();
            turn();
            two.cancel();
            assertThatThrownBy(() -> await(two)).isInstanceOf(CancelledError.class);
            assertThatThrownBy(() -> await(one)).isInstanceOf(CancelledError.class);
            assertThat(other.cancelled()).isTrue();
        });
    }

    @Test
    void aTaskThatGathersItselfIsCancelled() {
        runner.run(() -> {
            AsyncFuture<Awaitable<?>> closing = closing();
            List<AsyncFuture<?>> gathers = new ArrayList<>();
            Task<?> own =
                    createTask(() -> {
                        AsyncFuture<?> gather = gather(List.of(awaitable(closing)));
                        gathers.add(gather);
                        await(gather);
                    });
            closing.setResult(own);
            turn();
            turn();
            assertThat(gathers.getFirst().cancel()).isTrue();
            assertThatThrownBy(() -> await(own)).isInstanceOf(CancelledError.class);
            turn();
            assertThatThrownBy(() -> gathers.getFirst().result())
                    .isInstanceOf(CancelledError.class);
        });
    }

    @Test
    void oneThatWasCancelledBeforeItClosesTheCircleGetsTheErrorThere() {
        runner.run(() -> {
            AsyncFuture<Awaitable<?>> closing = closing();
            List<String> messages = new ArrayList<>();
            Task<?> one =
                    createTask(() -> {
                        AsyncFuture<?> next = awaitable(closing);
                        Asyncio.currentTask().cancel("before");
                        try {
                            await(next);
                        } catch (CancelledError e) {
                            messages.add(e.getMessage());
                            throw e;
                        }
                    });
            Task<?> two = createTask(() -> await(one));
            turn();
            closing.setResult(two);
            assertThatThrownBy(() -> await(two)).isInstanceOf(CancelledError.class);
            assertThat(messages).containsExactly("before");
            assertThat(one.cancelled()).isTrue();
        });
    }

    @Test
    void cancellingTwiceBeforeTheErrorComesIsOneError() {
        runner.run(() -> {
            List<Task<?>> tasks = circle(2);
            tasks.getFirst().cancel();
            tasks.getFirst().cancel();
            tasks.getLast().cancel();
            assertThatThrownBy(() -> await(tasks.getFirst())).isInstanceOf(CancelledError.class);
            turn();
            assertThat(tasks).allMatch(AsyncFuture::cancelled);
        });
    }

    @Test
    void oneThatIsTakenBackBeforeTheErrorComesGoesOnWaiting() {
        runner.run(() -> {
            List<Task<?>> tasks = circle(2);
            tasks.getFirst().cancel();
            tasks.forEach(Task::uncancel);
            turn();
            turn();
            assertThat(tasks).noneMatch(AsyncFuture::done);
            tasks.getFirst().cancel();
            assertThatThrownBy(() -> await(tasks.getFirst())).isInstanceOf(CancelledError.class);
            assertThat(tasks).allMatch(AsyncFuture::cancelled);
        });
    }

    @Test
    void oneThatSwallowsTheErrorHasItsResultAndTheOthersGoOnWithThat() {
        runner.run(() -> {
            AsyncFuture<Awaitable<?>> closing = closing();
            Task<Object> one = createTask(() -> await(awaitable(closing)));
            Task<Object> two =
                    createTask(() -> {
                        try {
                            return await(one);
                        } catch (CancelledError e) {
                            return "swallowed";
                        }
                    });
            closing.setResult(two);
            turn();
            turn();
            one.cancel();
            assertThat(await(one)).isEqualTo("swallowed");
            assertThat(one.cancelling()).isEqualTo(1);
        });
    }

    @Test
    void closingTheRunnerEndsACircle() {
        List<Task<?>> tasks = new ArrayList<>();
        runner.run(() -> {
            tasks.addAll(circle(3));
        });
        runner.close();
        assertThat(tasks).allMatch(AsyncFuture::cancelled);
    }
}
