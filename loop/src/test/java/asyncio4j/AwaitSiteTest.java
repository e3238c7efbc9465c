package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.waitFor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Exceptions come out of an await as they went in, and tell the way that they took. */
class AwaitSiteTest {

    private static final int MOST = 8;

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    /** A way for an error to reach whoever awaits it. */
    @FunctionalInterface
    interface Way {
        void send(Throwable error) throws Exception;
    }

    private static Coroutine<Object> failing(Throwable error) {
        return () -> {
            throw Sneaky.raise(error);
        };
    }

    private static AsyncFuture<Object> failed(Throwable error) {
        AsyncFuture<Object> future = getRunningLoop().createFuture();
        future.setException(error);
        return future;
    }

    static Stream<Named<Way>> ways() {
        return Stream.of(
                Named.of("a task", error -> await(createTask(failing(error)))),
                Named.of("a future that is done", error -> await(failed(error))),
                Named.of(
                        "a future that fails meanwhile",
                        error -> {
                            AsyncFuture<Object> future = getRunningLoop().createFuture();
                            getRunningLoop().callSoon(() -> future.setException(error));
                            await(future);
                        }),
                Named.of(
                        "a JDK future that is done",
                        error -> await(CompletableFuture.failedFuture(error))),
                Named.of(
                        "a JDK future that fails meanwhile",
                        error -> {
                            CompletableFuture<Object> source = new CompletableFuture<>();
                            Thread.startVirtualThread(() -> source.completeExceptionally(error));
                            await(source.thenApply(value -> value)); // wraps it
                        }),
                Named.of(
                        "gather",
                        error -> await(gather(failing(error), sleep(Duration.ZERO, null)))),
                Named.of("shield", error -> await(shield(failing(error)))),
                Named.of(
                        "waitFor a task",
                        error -> await(waitFor(createTask(failing(error)), Duration.ofSeconds(1)))),
                Named.of(
                        "waitFor what is done, without time",
                        error -> await(waitFor(failed(error), Duration.ZERO))),
                Named.of(
                        "another thread",
                        error ->
                                await(
                                        getRunningLoop()
                                                .runInExecutor(
                                                        Thread::startVirtualThread,
                                                        () -> {
                                                            throw Sneaky.raise(error);
                                                        }))));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theSameInstanceComesOutCheckedOrNotAndSaysWhereItWasAwaited(Way way) {
        for (Throwable error :
                List.of(
                        new IOException("checked"),
                        new IllegalStateException("unchecked"),
                        new AssertionError("error"))) {
            StackTraceElement[] origin = error.getStackTrace();
            runner.run(() -> {
                currentTask().setName("awaiting");
                assertThatThrownBy(() -> way.send(error)).isSameAs(error);
            });
            assertThat(error.getStackTrace()).isEqualTo(origin);
            assertThat(error.getCause()).isNull();
            Throwable site = error.getSuppressed()[error.getSuppressed().length - 1];
            assertThat(site).hasToString("awaited here by task awaiting");
            assertThat(Arrays.stream(site.getStackTrace()).map(StackTraceElement::getClassName))
                    .contains(AwaitSiteTest.class.getName());
        }
        runner.close();
        assertThat(runner.reports).isEmpty();
    }

    @Test
    void aCoroutineAwaitedDirectlyIsOnTheSameStackAndAddsNothing() {
        Exception error = new IOException("direct");
        runner.run(() -> assertThatThrownBy(() -> await(failing(error))).isSameAs(error));
        assertThat(error.getSuppressed()).isEmpty();
    }

    @Test
    void theWholeWayIsThereAndComesOutOfTheRunnerToo() {
        IOException error = new IOException("from below");
        Coroutine<Object> main =
                () -> {
                    currentTask().setName("main");
                    Task<Object> low = createTask(failing(error), TaskOptions.DEFAULT.name("low"));
                    Task<Object> high =
                            createTask(() -> await(low), TaskOptions.DEFAULT.name("high"));
                    return await(high);
                };
        assertThatThrownBy(() -> runner.<Object>run(main)).isSameAs(error);
        assertThat(Arrays.stream(error.getSuppressed()).map(Throwable::toString))
                .containsExactly(
                        "awaited here by task high", "awaited here by task main", "awaited here");
        StringWriter printed = new StringWriter();
        error.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString())
                .contains("java.io.IOException: from below")
                .contains("Suppressed: awaited here by task high");
    }

    @Test
    void noMoreThanEightSitesAreAdded() {
        Exception error = new IOException("far");
        runner.run(() -> {
            AsyncFuture<Object> last = failed(error);
            for (int i = 0; i < 50; i++) {
                AsyncFuture<Object> before = last;
                last = createTask(() -> await(before), TaskOptions.DEFAULT.name("task " + i));
            }
            AsyncFuture<Object> end = last;
            assertThatThrownBy(() -> await(end)).isSameAs(error);
        });
        assertThat(error.getSuppressed()).hasSize(MOST);
        assertThat(error.getSuppressed()[0]).hasToString("awaited here by task task 0");
        assertThat(error.getSuppressed()[MOST - 1]).hasToString("awaited here by task task 7");
    }

    @Test
    void aSharedInstanceDoesntGrowAndKeepsWhatItsUserSuppressed() {
        Exception shared = new IOException("shared");
        Exception own = new IllegalArgumentException("the user's");
        shared.addSuppressed(own);
        runner.run(() -> {
            AsyncFuture<Object> future = failed(shared);
            for (int i = 0; i < 1_000; i++) {
                assertThatThrownBy(() -> await(future)).isSameAs(shared);
                assertThatThrownBy(() -> await(createTask(failing(shared)))).isSameAs(shared);
            }
        });
        assertThat(shared.getSuppressed()).hasSize(MOST + 1).startsWith(own);
    }

    @Test
    void anExceptionThatTakesNoSuppressedOnesComesOutAllTheSame() {
        class Bare extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Bare() {
                super("bare", null, false, false);
            }
        }
        Bare bare = new Bare();
        runner.run(() -> {
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> await(createTask(failing(bare)))).isSameAs(bare);
            }
        });
        assertThat(bare.getSuppressed()).isEmpty();
    }

    @Test
    void aCancelledErrorIsMadeForOneAndNeedsNoSite() {
        runner.run(() -> {
            Task<?> task = createTask(sleep(Duration.ofHours(1)));
            await(sleep(Duration.ZERO));
            task.cancel();
            assertThatThrownBy(() -> await(task))
                    .isInstanceOfSatisfying(
                            CancelledError.class, e -> assertThat(e.getSuppressed()).isEmpty());
        });
    }

    @Test
    void whoAsksForTheExceptionWithoutAwaitingAddsNothing() {
        Exception error = new IOException("asked for");
        runner.run(() -> {
            AsyncFuture<Object> future = failed(error);
            assertThat(future.exception()).isSameAs(error);
            assertThatThrownBy(future::result).isSameAs(error);
        });
        assertThat(error.getSuppressed()).isEmpty();
    }
}
