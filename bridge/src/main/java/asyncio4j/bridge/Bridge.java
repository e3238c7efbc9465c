package asyncio4j.bridge;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.TaskOptions;
import asyncio4j.VoidCoroutine;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.queues.Queue;

import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The functions between coroutines and Project Reactor; import them statically, beside those of
 * {@link Asyncio}.
 *
 * {@snippet :
 * User user = runner.run(() -> await(users.find("ada"))); // find answers a Mono<User>
 * }
 *
 * <h2>What all awaits have in common</h2>
 *
 * <ul>
 *   <li>The calling task is suspended, and the other tasks of the loop go on. If the publisher
 *       completes inside of its {@code subscribe}, the task goes on at once.
 *   <li>The publisher may signal on any thread; the coroutine goes on on its loop's.
 *   <li>An error is thrown as it is, checked or not: the same object, without the wrapper that
 *       Reactor's operators put around checked exceptions. The stack of the await is added to it as
 *       suppressed.
 *   <li>Cancelling the task cancels the subscription, once, on the loop's thread; and {@link
 *       asyncio4j.CancelledError} is thrown. An element that was there already goes to the discard
 *       hook, one that comes later to {@code onNextDropped}, an error that comes later to {@code
 *       onErrorDropped}.
 *   <li>The publisher's subscriber has a Context: see {@link ReactorContext}.
 *   <li>A publisher that breaks the protocol makes the await end with {@link
 *       ProtocolViolationException}, also one that doesn't call {@code onSubscribe} within 30
 *       seconds on the loop's clock after {@code subscribe} has returned.
 *   <li>Outside of a task, {@link IllegalStateException} is thrown.
 * </ul>
 *
 * <p>{@code block()}, {@code blockFirst()} and their like are refused on a loop's thread, as they
 * would hold up the whole loop; what they subscribed to before they are refused goes on, as on
 * Reactor's own threads. {@code mono.toFuture().get()} can't be refused; {@code
 * await(mono.toFuture())} is the way there.
 */
public final class Bridge {

    private static final LoopAccess ACCESS = LoopAccess.get();

    static {
        BridgeAccessImpl.install();
    }

    private Bridge() {}

    // Awaiting

    /**
     * Waits until {@code mono} completes. It is subscribed to with unbounded demand; {@code
     * Mono.just}, {@code empty}, {@code error}, {@code fromCallable} and their like are called
     * instead, as {@code block()} does. If the Mono emits more than one element, as {@code
     * Mono.fromDirect} allows, that is a {@link ProtocolViolationException}.
     *
     * @param mono what to wait for
     * @param <T> the type of its value
     * @return its value, or null if it is empty
     * @throws IllegalStateException outside of a task
     */
    public static <T> @Nullable T await(Mono<T> mono) {
        Objects.requireNonNull(mono, "await: the Mono is null");
        Task<?> task = ACCESS.requireTask("await(mono)");
        if (Awaits.isCallable(mono)) {
            return Awaits.call(mono);
        }
        return new MonoAwait<T>(mono, task).await();
    }

    /**
     * Waits for the first element of {@code publisher}, and cancels the rest. Exactly one is
     * requested.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element
     * @throws NoSuchElementException if it completes without one
     * @throws IllegalStateException outside of a task
     */
    public static <T> T awaitFirst(Publisher<T> publisher) {
        return orThrow(first("awaitFirst", publisher), "awaitFirst");
    }

    /**
     * {@link #awaitFirst}, with null if there is none.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element, or null
     */
    public static <T> @Nullable T awaitFirstOrNull(Publisher<T> publisher) {
        return first("awaitFirstOrNull", publisher);
    }

    /**
     * {@link #awaitFirst}, with {@code defaultValue} if there is none.
     *
     * @param publisher what to wait for
     * @param defaultValue what to answer then
     * @param <T> the type of the elements
     * @return the element, or the default
     */
    public static <T> T awaitFirstOrDefault(Publisher<T> publisher, T defaultValue) {
        T element = first("awaitFirstOrDefault", publisher);
        return element == null ? defaultValue : element;
    }

    /**
     * Waits until {@code publisher} completes, for the last element before that. All are requested;
     * the others are discarded.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element
     * @throws NoSuchElementException if it completes without one
     * @throws IllegalStateException outside of a task
     */
    public static <T> T awaitLast(Publisher<T> publisher) {
        return orThrow(last("awaitLast", publisher), "awaitLast");
    }

    /**
     * {@link #awaitLast}, with null if there is none.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element, or null
     */
    public static <T> @Nullable T awaitLastOrNull(Publisher<T> publisher) {
        return last("awaitLastOrNull", publisher);
    }

    /**
     * {@link #awaitLast}, with {@code defaultValue} if there is none.
     *
     * @param publisher what to wait for
     * @param defaultValue what to answer then
     * @param <T> the type of the elements
     * @return the element, or the default
     */
    public static <T> T awaitLastOrDefault(Publisher<T> publisher, T defaultValue) {
        T element = last("awaitLastOrDefault", publisher);
        return element == null ? defaultValue : element;
    }

    /**
     * Waits until {@code publisher} completes, for its only element. Two are requested; at a second
     * element the rest is cancelled and both are discarded. The exceptions are those of Reactor's
     * {@code single()}.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element
     * @throws NoSuchElementException if it completes without one
     * @throws IndexOutOfBoundsException if it emits a second one
     * @throws IllegalStateException outside of a task
     */
    public static <T> T awaitSingle(Publisher<T> publisher) {
        return orThrow(single("awaitSingle", publisher), "awaitSingle");
    }

    /**
     * {@link #awaitSingle}, with null if there is none.
     *
     * @param publisher what to wait for
     * @param <T> the type of the elements
     * @return the element, or null
     * @throws IndexOutOfBoundsException if it emits a second one
     */
    public static <T> @Nullable T awaitSingleOrNull(Publisher<T> publisher) {
        return single("awaitSingleOrNull", publisher);
    }

    /**
     * {@link #awaitSingle}, with {@code defaultValue} if there is none.
     *
     * @param publisher what to wait for
     * @param defaultValue what to answer then
     * @param <T> the type of the elements
     * @return the element, or the default
     * @throws IndexOutOfBoundsException if it emits a second one
     */
    public static <T> T awaitSingleOrDefault(Publisher<T> publisher, T defaultValue) {
        T element = single("awaitSingleOrDefault", publisher);
        return element == null ? defaultValue : element;
    }

    // Iterating

    /**
     * {@link #iterate(Publisher, int)} with Reactor's usual prefetch, 256.
     *
     * @param publisher what to go through
     * @param <T> the type of the elements
     * @return an iterator; nothing is subscribed to before it is asked
     */
    public static <T> FluxIterator<T> iterate(Publisher<T> publisher) {
        return iterate(publisher, Queues.SMALL_BUFFER_SIZE);
    }

    /**
     * The elements of {@code publisher} one by one, for a {@code for} loop in a task: {@code
     * toIterable} without blocking.
     *
     * {@snippet :
     * try (var rows = iterate(database.rows())) {
     *     for (Row row : rows) {
     *         await(process(row));
     *     }
     * }
     * }
     *
     * <p>So many elements are fetched ahead, and as soon as three quarters of them are used as many
     * are requested again. Whoever leaves the loop early closes the iterator, best by
     * try-with-resources; one that was left open is closed with its task. A publisher that doesn't
     * call {@code onSubscribe} within 30 s has failed.
     *
     * @param publisher what to go through
     * @param prefetch how many elements to fetch ahead; {@code Integer.MAX_VALUE} for all there are
     * @param <T> the type of the elements
     * @return an iterator; nothing is subscribed to before it is asked
     * @throws IllegalArgumentException if {@code prefetch} isn't positive
     */
    public static <T> FluxIterator<T> iterate(Publisher<T> publisher, int prefetch) {
        Objects.requireNonNull(publisher, "iterate: the publisher is null");
        if (prefetch <= 0) {
            throw new IllegalArgumentException(
                    "iterate: the prefetch has to be 1 or more, not " + prefetch);
        }
        return new FluxIterator<>(publisher, prefetch);
    }

    private static <T> @Nullable T first(String what, Publisher<T> publisher) {
        Task<?> task = check(what, publisher);
        return Awaits.isCallable(publisher)
                ? Awaits.call(publisher)
                : new FirstAwait<T>(publisher, task).await();
    }

    private static <T> @Nullable T last(String what, Publisher<T> publisher) {
        Task<?> task = check(what, publisher);
        return Awaits.isCallable(publisher)
                ? Awaits.call(publisher)
                : new LastAwait<T>(publisher, task).await();
    }

    private static <T> @Nullable T single(String what, Publisher<T> publisher) {
        Task<?> task = check(what, publisher);
        return Awaits.isCallable(publisher)
                ? Awaits.call(publisher)
                : new SingleAwait<T>(publisher, task).await();
    }

    private static Task<?> check(String what, Publisher<?> publisher) {
        Objects.requireNonNull(publisher, () -> what + ": the publisher is null");
        return ACCESS.requireTask(what);
    }

    private static <T> T orThrow(@Nullable T element, String what) {
        if (element == null) {
            throw new NoSuchElementException(
                    what
                            + ": the publisher completed without an element; "
                            + what
                            + "OrNull takes that");
        }
        return element;
    }

    // Converting

    /**
     * A task of the running loop that awaits {@code mono}. It is subscribed to when the task
     * starts, whether somebody awaits the task or not; cancelling the task cancels the
     * subscription.
     *
     * @param mono what to subscribe to
     * @param <T> the type of its value
     * @return the task; its result is null if the Mono is empty
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T> Task<@Nullable T> toTask(Mono<T> mono) {
        return toTask(mono, TaskOptions.DEFAULT);
    }

    /**
     * {@link #toTask(Mono)} with options.
     *
     * @param mono what to subscribe to
     * @param options name, context and kind of start
     * @param <T> the type of its value
     * @return the task; its result is null if the Mono is empty
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T> Task<@Nullable T> toTask(Mono<T> mono, TaskOptions options) {
        Objects.requireNonNull(mono, "toTask: the Mono is null");
        Coroutine<@Nullable T> body = () -> await(mono);
        return Asyncio.createTask(body, options);
    }

    /**
     * A Mono of what {@code future}, such as a task, ends with, for any number of subscribers on
     * any thread, before or after it is done.
     *
     * <p>A null result is an empty Mono. If the future is cancelled, the error is a {@link
     * java.util.concurrent.CancellationException}, and so it is if the loop is closed before the
     * future is done. Cancelling a subscriber cancels the future, as cancelling an awaiting task
     * does, and so for the other subscribers too; {@code toMono(shield(task))} keeps it from that.
     * A value that a cancelled subscriber didn't take is still the future's.
     *
     * @param future the future; its loop need not run yet
     * @param <T> the type of its result
     * @return a Mono that signals on the loop's thread, or on the subscribing or requesting one if
     *     the future is done
     */
    public static <T extends @Nullable Object> Mono<@NonNull T> toMono(AsyncFuture<T> future) {
        Objects.requireNonNull(future, "toMono: the future is null");
        return TaskMono.of(future);
    }

    /**
     * A Mono that runs {@code coroutine} on {@code loop}, as a new task for each subscriber, which
     * starts with its first request. Subscribers may be on any thread; they are signalled on the
     * loop's.
     *
     * <p>A null result is an empty Mono. If the task is cancelled by somebody else, the error is a
     * {@link java.util.concurrent.CancellationException}; so it is if the loop is closed before the
     * task has ended, or was before the subscription.
     *
     * <p>Cancelling the subscription cancels the task, whose {@code finally} blocks, awaits in them
     * too, run to their end. If it has a value all the same, that is discarded; an error goes to
     * {@code onErrorDropped}.
     *
     * <p><strong>Discard Support:</strong> a value that the subscriber didn't take is discarded.
     *
     * <p>The task gets a copy of the subscribing thread's context, with the subscriber's Context in
     * it: see {@link ReactorContext}.
     *
     * @param loop the loop; it need not run yet
     * @param coroutine what to run
     * @param <T> the type of its result
     * @return a cold Mono
     */
    public static <T extends @Nullable Object> Mono<@NonNull T> mono(
            EventLoop loop, Coroutine<T> coroutine) {
        Objects.requireNonNull(loop, "mono: the loop is null");
        Objects.requireNonNull(
                coroutine, "mono: the coroutine is null; pass a lambda, such as () -> await(...)");
        return CoroutineMono.of(loop, coroutine);
    }

    /**
     * {@link #mono(EventLoop, Coroutine)} without a result.
     *
     * @param loop the loop; it need not run yet
     * @param coroutine what to run
     * @return a cold Mono that is always empty
     */
    public static Mono<Void> mono(EventLoop loop, VoidCoroutine coroutine) {
        Objects.requireNonNull(
                coroutine, "mono: the coroutine is null; pass a lambda, such as () -> await(...)");
        return mono(loop, Coroutine.of(coroutine));
    }

    /**
     * {@link #mono(EventLoop, Coroutine)} for the loop that runs the calling code.
     *
     * @param coroutine what to run
     * @param <T> the type of its result
     * @return a cold Mono
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T extends @Nullable Object> Mono<@NonNull T> mono(Coroutine<T> coroutine) {
        return mono(Asyncio.getRunningLoop(), coroutine);
    }

    /**
     * {@link #mono(EventLoop, VoidCoroutine)} for the loop that runs the calling code.
     *
     * @param coroutine what to run
     * @return a cold Mono that is always empty
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static Mono<Void> mono(VoidCoroutine coroutine) {
        return mono(Asyncio.getRunningLoop(), coroutine);
    }

    /**
     * {@code flux}, tied to the life of a loop: when the loop is closed, it is cancelled, and the
     * subscriber gets a {@link java.util.concurrent.CancellationException}; so it does if the loop
     * was closed before. That is for pipelines that the loop doesn't know of, such as those that go
     * by a {@link LoopScheduler}, or hand their elements to the loop in a way of their own.
     *
     * {@snippet :
     * Flux<Row> onTheLoop = untilClosed(loop, rows.publishOn(LoopScheduler.of(loop)));
     * }
     *
     * <p>A Runner that closes the loop comes to this once all tasks have ended, before it closes
     * the asynchronous generators.
     *
     * @param loop the loop; it need not run yet
     * @param flux what to tie to it
     * @param <T> the type of the elements
     * @return a Flux that signals where {@code flux} does, and at last on the loop's thread, or the
     *     one that closes it
     */
    public static <T> Flux<T> untilClosed(EventLoop loop, Flux<T> flux) {
        Objects.requireNonNull(loop, "untilClosed: the loop is null");
        Objects.requireNonNull(flux, "untilClosed: the Flux is null");
        return Flux.defer(() -> {
            ClosedMono<T> closed = new ClosedMono<>(loop);
            return flux.takeUntilOther(closed.onErrorComplete())
                    .concatWith(Mono.defer(closed::failure));
        });
    }

    /**
     * {@link #untilClosed(EventLoop, Flux)} for a Mono.
     *
     * @param loop the loop; it need not run yet
     * @param mono what to tie to it
     * @param <T> the type of the value
     * @return a Mono that signals where {@code mono} does, or at last on the loop's thread, or the
     *     one that closes it
     */
    public static <T> Mono<T> untilClosed(EventLoop loop, Mono<T> mono) {
        Objects.requireNonNull(loop, "untilClosed: the loop is null");
        Objects.requireNonNull(mono, "untilClosed: the Mono is null");
        return Mono.defer(() -> {
            ClosedMono<T> closed = new ClosedMono<>(loop);
            return mono.takeUntilOther(closed.onErrorComplete())
                    .switchIfEmpty(Mono.defer(closed::failure));
        });
    }

    /**
     * A generator's body as a Flux. Each subscriber has a task of its own on {@code loop} that runs
     * the body; it begins with the first demand. {@code yield} is {@code onNext} on the task's own
     * stack while there is demand, and suspends where there is none; it always returns null. The
     * Flux completes when the body returns, and fails with what it throws.
     *
     * {@snippet :
     * Flux<Integer> countdown = flux(loop, g -> {
     *     for (int i = 3; i > 0; i--) {
     *         await(sleep(Duration.ofMillis(10)));
     *         g.yield(i);
     *     }
     * });
     * }
     *
     * <p>Cancelling the subscription makes {@code yield} throw {@link asyncio4j.GeneratorExit}, or
     * the await that the body is in {@link asyncio4j.CancelledError}; its {@code finally} blocks
     * run to their ends, awaits in them too, and what it throws then goes to {@code
     * onErrorDropped}. An item that nobody wants any more is discarded. Yielding null throws {@link
     * NullPointerException} in the body. The subscriber's Context is seen in the body, see {@link
     * ReactorContext}.
     *
     * <p>Where a method makes the generator, {@code flux(loop, g -> g.yieldAll(rows(query)))} makes
     * one for each subscriber.
     *
     * @param loop the loop; it need not run yet
     * @param body what makes the items
     * @param <T> the type of the items
     * @return a cold Flux
     */
    public static <T> Flux<T> flux(EventLoop loop, AsyncGenerator.Body<T> body) {
        Objects.requireNonNull(loop, "flux: the loop is null");
        Objects.requireNonNull(
                body, "flux: the body is null; pass a lambda, such as g -> g.yield(1)");
        return GeneratorFlux.of(loop, body);
    }

    /**
     * {@link #flux(EventLoop, AsyncGenerator.Body)} for the loop that runs the calling code.
     *
     * @param body what makes the items
     * @param <T> the type of the items
     * @return a cold Flux
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T> Flux<T> flux(AsyncGenerator.Body<T> body) {
        return flux(Asyncio.getRunningLoop(), body);
    }

    /**
     * The items that {@code generator} still has to give, as a Flux for one subscriber; a second
     * gets an {@link IllegalStateException}. A task on {@code loop} asks the generator for them,
     * from the first demand on; everything else is as with {@linkplain #flux(EventLoop,
     * AsyncGenerator.Body) a body}. The Flux closes the generator ({@link AsyncGenerator#aclose})
     * when it is cancelled, before the first demand as well.
     *
     * {@snippet :
     * AsyncGenerator<Integer> numbers = AsyncGenerator.of(g -> {
     *     g.yield(1);
     *     g.yield(2);
     * });
     * Flux<Integer> twoNumbers = flux(loop, numbers);
     * }
     *
     * <p>Nobody else may ask the generator while the Flux does. One that nobody subscribes to is as
     * any generator that is left open.
     *
     * @param loop the loop; that of the generator, if it was begun
     * @param generator the generator
     * @param <T> the type of the items
     * @return a Flux for one subscriber
     */
    public static <T> Flux<T> flux(EventLoop loop, AsyncGenerator<T> generator) {
        Objects.requireNonNull(loop, "flux: the loop is null");
        Objects.requireNonNull(generator, "flux: the generator is null");
        return GeneratorFlux.of(loop, new GeneratorItems<>(generator));
    }

    /**
     * {@link #flux(EventLoop, AsyncGenerator)} for the loop that runs the calling code.
     *
     * @param generator the generator
     * @param <T> the type of the items
     * @return a Flux for one subscriber
     * @throws IllegalStateException if no loop runs the calling code
     */
    public static <T> Flux<T> flux(AsyncGenerator<T> generator) {
        return flux(Asyncio.getRunningLoop(), generator);
    }

    /**
     * What is put into {@code queue}, as a Flux. An item is taken out when the subscriber has asked
     * for it, and counts as done ({@link Queue#taskDone}) when {@code onNext} has returned. Several
     * subscribers share the items. The Flux completes when the queue was shut down and is empty,
     * which needs no further demand.
     *
     * <p><strong>Discard Support:</strong> an item that is taken out while the subscriber cancels
     * on another thread is discarded, and counts as done: it can't go back to its place. A cancel
     * on the loop's thread never costs the queue an item.
     *
     * @param loop the loop of the queue
     * @param queue the queue; it holds no nulls
     * @param <T> the type of the items
     * @return a cold Flux
     */
    public static <T> Flux<T> flux(EventLoop loop, Queue<T> queue) {
        Objects.requireNonNull(loop, "flux: the loop is null");
        Objects.requireNonNull(queue, "flux: the queue is null");
        return GeneratorFlux.of(loop, new QueueItems<>(queue));
    }

    /**
     * Puts the elements of {@code publisher} into {@code queue}, and waits while that is full. The
     * queue is left open; {@link Queue#shutdown} tells its consumers that no more come.
     *
     * {@snippet :
     * await(drain(rows, queue));
     * queue.shutdown();
     * }
     *
     * @param publisher what to take the elements from; 256 are fetched ahead
     * @param queue where to put them
     * @param <T> the type of the elements
     * @return a coroutine of how many there were; it throws the publisher's error, and {@link
     *     asyncio4j.queues.QueueShutDownException} if the queue is shut down meanwhile. Either way,
     *     and when it is cancelled, the subscription is cancelled, and what didn't get into the
     *     queue is discarded
     */
    public static <T> Coroutine<Long> drain(Publisher<? extends T> publisher, Queue<T> queue) {
        Objects.requireNonNull(publisher, "drain: the publisher is null");
        Objects.requireNonNull(queue, "drain: the queue is null");
        return Coroutine.named("drain", new Drain<>(publisher, queue::put));
    }

    /**
     * Emits {@code value} into {@code sink}, and waits while the sink can't take it: because its
     * subscribers haven't asked for so much ({@code FAIL_OVERFLOW}), because there is none yet
     * ({@code FAIL_ZERO_SUBSCRIBER}), or because another thread emits just now ({@code
     * FAIL_NON_SERIALIZED}). Between the tries the loop goes on; they are up to 20 ms apart, as a
     * sink doesn't say when it has room. {@link #flux(EventLoop, Queue)} needs no tries.
     *
     * {@snippet :
     * Sinks.Many<Row> sink = Sinks.many().multicast().onBackpressureBuffer(16);
     * await(emit(sink, row));
     * }
     *
     * @param sink where to emit; one of {@link Sinks#many()}, which notices other threads
     * @param value what to emit
     * @param <T> the type of the values
     * @return a coroutine that ends when the sink has taken the value; it throws {@link
     *     Sinks.EmissionException} if the sink has ended or its subscriber has cancelled. When it
     *     is cancelled the sink doesn't get the value
     */
    public static <T> Coroutine<@Nullable Void> emit(Sinks.Many<T> sink, T value) {
        Objects.requireNonNull(sink, "emit: the sink is null");
        Objects.requireNonNull(value, "emit: the value is null, which no publisher emits");
        return Coroutine.named("emit", new Emission<>(sink, value));
    }

    /**
     * Emits the elements of {@code publisher} into {@code sink}, each as {@link #emit} does. The
     * sink is left open; {@code sink.tryEmitComplete()} ends it.
     *
     * @param publisher what to take the elements from; 256 are fetched ahead
     * @param sink where to emit them
     * @param <T> the type of the elements
     * @return a coroutine of how many there were; it throws the publisher's error, and what {@link
     *     #emit} does. Either way, and when it is cancelled, the subscription is cancelled, and the
     *     element that the sink hasn't taken is discarded
     */
    public static <T> Coroutine<Long> drain(Publisher<? extends T> publisher, Sinks.Many<T> sink) {
        Objects.requireNonNull(publisher, "drain: the publisher is null");
        Objects.requireNonNull(sink, "drain: the sink is null");
        return Coroutine.named("drain", new Drain<>(publisher, item -> new Emission<>(sink, item)));
    }
}
