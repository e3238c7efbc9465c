package asyncio4j.tck;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.Task;
import asyncio4j.bridge.Bridge;
import asyncio4j.queues.Queue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** The rules for subscribers, over all that awaits and iterates. */
class SubscriberRulesTest {

    private final RunningLoop running = new RunningLoop();

    private final List<Object> dropped = new CopyOnWriteArrayList<>();

    @BeforeEach
    void collectWhatIsDropped() {
        Hooks.onNextDropped(dropped::add);
    }

    @AfterEach
    void close() {
        Hooks.resetOnNextDropped();
        running.close();
    }

    /** Every way to take in a publisher, and the elements that it makes of it. */
    @SuppressWarnings("ImmutableEnumChecker") // stateless functions
    enum Kind {
        MONO(1, source -> listOf(Bridge.await(Mono.fromDirect(source)))),
        FIRST(1, source -> listOf(Bridge.awaitFirstOrNull(source))),
        LAST(1, source -> listOf(Bridge.awaitLastOrNull(source))),
        SINGLE(1, source -> listOf(Bridge.awaitSingleOrNull(source))),
        ITERATE(
                Integer.MAX_VALUE,
                source -> {
                    List<Integer> all = new ArrayList<>();
                    try (var elements = Bridge.iterate(source, 4)) {
                        elements.forEach(all::add);
                    }
                    return all;
                }),
        DRAIN(
                Integer.MAX_VALUE,
                source -> {
                    Queue<Integer> queue = new Queue<>();
                    var _ = await(Bridge.drain(source, queue));
                    List<Integer> all = new ArrayList<>();
                    while (!queue.empty()) {
                        all.add(queue.getNowait());
                    }
                    return all;
                });

        final int elements;

        private final Function<Publisher<Integer>, List<Integer>> take;

        Kind(int elements, Function<Publisher<Integer>, List<Integer>> take) {
            this.elements = elements;
            this.take = take;
        }

        private static List<Integer> listOf(Integer element) {
            return element == null ? List.of() : List.of(element);
        }

        List<Integer> take(Publisher<Integer> source) {
            return take.apply(source);
        }
    }

    private Task<List<Integer>> taking(Kind kind, Publisher<Integer> source) {
        return running.task(() -> kind.take(source));
    }

    /** What the task ends with. */
    private <T> T result(Task<T> task) {
        return Bridge.toMono(task).block();
    }

    /** Waits until the task is done, in whatever way. */
    private void ended(AsyncFuture<?> task) {
        CountDownLatch done = new CountDownLatch(1);
        running.run(() -> task.addDoneCallback(t -> done.countDown()));
        join(done);
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Rule({"1.10", "2.12"})
    @ParameterizedTest
    @EnumSource
    void eachTimeItSubscribesWithASubscriberOfItsOwn(Kind kind) {
        List<Subscriber<?>> subscribers = new CopyOnWriteArrayList<>();
        Publisher<Integer> source =
                s -> {
                    subscribers.add(s);
                    Flux.just(1).subscribe(s);
                };
        for (int i = 0; i < 3; i++) {
            assertThat(result(taking(kind, source))).containsExactly(1);
        }
        assertThat(subscribers).hasSize(3).doesNotHaveDuplicates();
    }

    @Rule({"2.1", "3.8"})
    @ParameterizedTest
    @EnumSource
    void whatItRequestsIsExact(Kind kind) {
        Source<Integer> source = new Source<>();
        Task<List<Integer>> task = taking(kind, source);
        source.requested.join();
        List<Long> wanted =
                switch (kind) {
                    case FIRST -> List.of(1L);
                    case SINGLE -> List.of(2L);
                    case MONO, LAST -> List.of(Long.MAX_VALUE);
                    case ITERATE -> List.of(4L);
                    case DRAIN -> List.of(256L);
                };
        assertThat(source.requests).isEqualTo(wanted);
        source.subscriber().onNext(1);
        source.subscriber().onComplete();
        assertThat(result(task)).containsExactly(1);
        assertThat(source.requests).isEqualTo(wanted);
    }

    @Rule("2.2")
    @ParameterizedTest
    @EnumSource
    void signalsReturnWhileTheLoopIsHeldUp(Kind kind) {
        Source<Integer> source = new Source<>();
        Task<List<Integer>> task = taking(kind, source);
        source.requested.join();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        running.run(() -> {
            held.countDown();
            join(go);
        });
        join(held);
        source.subscriber().onNext(1);
        source.subscriber().onComplete();
        go.countDown();
        assertThat(result(task)).containsExactly(1);
    }

    @Rule({"2.3", "2.4"})
    @ParameterizedTest
    @EnumSource
    void afterTheEndItNeitherRequestsNorCancels(Kind kind) {
        for (boolean failure : new boolean[] {false, true}) {
            Source<Integer> source = new Source<>();
            Task<List<Integer>> task = taking(kind, source);
            source.requested.join();
            int before = source.requests.size();
            if (failure) {
                source.subscriber().onError(new IllegalStateException("failed, as it should"));
            } else {
                source.subscriber().onComplete();
            }
            ended(task);
            running.run(task::cancel);
            running.settle();
            assertThat(source.requests).hasSize(before);
            assertThat(source.cancels).hasValue(0);
        }
    }

    @Rule({"2.6", "2.8"})
    @ParameterizedTest
    @EnumSource
    void aCancelledTaskCancelsOnceAndWhatComesThenIsDropped(Kind kind) {
        Source<Integer> source = new Source<>();
        Task<List<Integer>> task = taking(kind, source);
        source.requested.join();
        running.run(task::cancel);
        ended(task);
        source.cancelled.join();
        source.subscriber().onNext(7);
        source.subscriber().onComplete();
        running.settle();
        assertThat(source.cancels).hasValue(1);
        assertThat(dropped).containsExactly(7);
    }

    /** Also kotlinx.coroutines #3363: request and cancel weren't serialised. */
    @Rule("2.7")
    @ParameterizedTest
    @EnumSource
    void requestAndCancelNeverOverlap(Kind kind) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int round = 0; round < 300; round++) {
            Source<Integer> source = new Source<>();
            CompletableFuture<Thread> requester = new CompletableFuture<>();
            source.onRequest =
                    () -> {
                        requester.complete(Thread.currentThread());
                        for (int spin = 0; spin < 200; spin++) {
                            Thread.onSpinWait();
                        }
                    };
            CompletableFuture<Subscriber<? super Integer>> subscriber = new CompletableFuture<>();
            Task<List<Integer>> task = taking(kind, subscriber::complete);
            subscriber.join();
            int wait = round;
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                meet(start);
                                source.subscribe(subscriber.join());
                            });
            meet(start);
            for (int spin = 0; spin < wait; spin++) {
                Thread.onSpinWait();
            }
            running.run(task::cancel);
            other.join();
            ended(task);
            running.settle();
            assertThat(source.overlaps).hasValue(0);
            assertThat(source.cancels).hasValue(1);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Rule("2.11")
    @ParameterizedTest
    @EnumSource
    void aSourceThatSignalsFromAnotherThreadEachTime(Kind kind) throws InterruptedException {
        int elements = Math.min(kind == Kind.LAST ? 500 : kind.elements, 500);
        Source<Integer> source = new Source<>();
        Semaphore wanted = new Semaphore(0);
        source.onRequest = () -> wanted.release((int) Math.min(last(source.requests), 1_000));
        Task<List<Integer>> task = taking(kind, source);
        Subscriber<? super Integer> subscriber = source.subscriber();
        for (int i = 0; i < elements; i++) {
            int element = i;
            wanted.acquire();
            Thread thread = Thread.ofVirtual().start(() -> subscriber.onNext(element));
            thread.join();
        }
        Thread.ofVirtual().start(subscriber::onComplete).join();
        List<Integer> taken = result(task);
        if (kind == Kind.LAST) {
            assertThat(taken).containsExactly(elements - 1);
        } else {
            assertThat(taken).hasSize(elements).isSorted().doesNotHaveDuplicates();
        }
        assertThat(source.overlaps).hasValue(0);
    }

    private static long last(List<Long> requests) {
        return requests.get(requests.size() - 1);
    }

    @Rule("2.13")
    @Test
    void whatTheConsumerThrowsDoesNotReachThePublisher() {
        Source<Integer> source = new Source<>();
        IllegalStateException error = new IllegalStateException("in the loop's body");
        Task<Void> task =
                running.task(() -> {
                    try (var elements = Bridge.iterate(source, 4)) {
                        elements.forEach(element -> {
                            throw error;
                        });
                    }
                    return null;
                });
        source.requested.join();
        source.subscriber().onNext(1); // returns normally
        source.cancelled.join();
        ended(task);
        source.subscriber().onNext(2);
        assertThat(dropped).contains(2);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        running.run(() -> thrown.complete(task.exception()));
        assertThat(thrown.join()).isSameAs(error);
    }

    @Rule("3.1")
    @ParameterizedTest
    @EnumSource
    void requestsComeFromOnSubscribeOrFromTheTask(Kind kind) {
        Source<Integer> source = new Source<>();
        List<Boolean> where = new CopyOnWriteArrayList<>();
        CompletableFuture<Task<?>> owner = new CompletableFuture<>();
        source.onRequest =
                () -> {
                    boolean inOnSubscribe =
                            StackWalker.getInstance()
                                    .walk(frames ->
                                            frames.anyMatch(frame ->
                                                    frame.getMethodName().equals("onSubscribe")));
                    where.add(inOnSubscribe || currentTask() == owner.join());
                };
        Task<List<Integer>> task =
                running.task(() -> {
                    owner.complete(currentTask());
                    return kind.take(source);
                });
        source.requested.join();
        for (int i = 0; i < Math.min(kind.elements, 9); i++) {
            if (i == 0 || kind == Kind.ITERATE || kind == Kind.DRAIN) {
                source.subscriber().onNext(i);
                running.settle();
            }
        }
        source.subscriber().onComplete();
        var _ = result(task);
        assertThat(where).isNotEmpty().doesNotContain(false);
    }

    @Rule({"3.10", "3.11"})
    @ParameterizedTest
    @EnumSource
    void aSourceMaySignalFromInsideOfRequest(Kind kind) {
        Source<Integer> source = new Source<>();
        source.onRequest =
                () -> {
                    Subscriber<? super Integer> subscriber = source.subscribers.get(0);
                    if (source.requests.size() == 1) {
                        subscriber.onNext(1);
                        subscriber.onComplete();
                    }
                };
        assertThat(result(taking(kind, source))).containsExactly(1);
        Source<Integer> failing = new Source<>();
        IllegalStateException error = new IllegalStateException("failed, as it should");
        failing.onRequest = () -> failing.subscribers.get(0).onError(error);
        Task<List<Integer>> task = taking(kind, failing);
        ended(task);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        running.run(() -> thrown.complete(task.exception()));
        assertThat(thrown.join()).isSameAs(error);
    }

    @Rule("3.3")
    @Test
    void aMillionElementsFromInsideOfRequestNeedNoStack() {
        int elements = 1_000_000;
        Source<Integer> source = new Source<>();
        int[] next = {0};
        source.onRequest =
                () -> {
                    Subscriber<? super Integer> subscriber = source.subscribers.get(0);
                    if (next[0] < elements) {
                        subscriber.onNext(next[0]++);
                    } else {
                        subscriber.onComplete();
                    }
                };
        Task<Integer> task =
                running.task(() -> {
                    int count = 0;
                    for (int element : Bridge.iterate(source, 1)) {
                        if (element != count++) {
                            throw new AssertionError(element + " in place of " + (count - 1));
                        }
                    }
                    return count;
                });
        assertThat(result(task)).isEqualTo(elements);
    }

    @Rule("2.6")
    @Test
    void leavingTheLoopCancelsAndSoDoesTheEndOfTheTask() {
        for (boolean close : new boolean[] {true, false}) {
            Source<Integer> source = new Source<>();
            Task<Integer> task =
                    running.task(() -> {
                        var elements = Bridge.iterate(source, 2);
                        try {
                            return elements.next();
                        } finally {
                            if (close) {
                                elements.close();
                            }
                            await(sleep(Duration.ZERO));
                        }
                    });
            source.requested.join();
            source.subscriber().onNext(1);
            assertThat(result(task)).isEqualTo(1);
            source.cancelled.join();
            assertThat(source.cancels).hasValue(1);
        }
    }
}
