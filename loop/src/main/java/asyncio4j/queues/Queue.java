package asyncio4j.queues;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;
import asyncio4j.GeneratorExit;
import asyncio4j.internal.access.QueueAccess;
import asyncio4j.internal.locks.LoopBound;
import asyncio4j.internal.locks.WaitingLine;
import asyncio4j.locks.Event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Items that tasks hand to each other, first in, first out. Python's {@code asyncio.Queue}.
 *
 * {@snippet :
 * var queue = new asyncio4j.queues.Queue<String>(10);
 * Task<?> worker = createTask(() -> {
 *     try {
 *         for (; ; ) {
 *             String item = await(queue.get());
 *             await(sleep(Duration.ofMillis(item.length())));
 *             queue.taskDone();
 *         }
 *     } catch (asyncio4j.queues.QueueShutDownException e) {
 *         return; // all items are taken
 *     }
 * });
 * await(queue.put("an item")); // waits while there are ten
 * queue.shutdown();
 * await(queue.join());
 * await(worker);
 * }
 *
 * <p>It belongs to the loop on which a task first has to wait for it, and to that loop's thread:
 * from then on the methods that put, get, or wait fail on any other while the loop runs. Another
 * thread calls {@code loop.callSoonThreadsafe(() -> queue.putNowait(item))}.
 *
 * <p>Tasks that wait are woken in the order in which they came; one that finds, when it runs, that
 * another has been faster waits again. One that is cancelled has put or taken nothing, and if it
 * had just been woken, the next in line is. Items may be null, but for those of a {@link
 * PriorityQueue}.
 *
 * @param <T> the type of the items
 */
public sealed class Queue<T extends @Nullable Object> permits LifoQueue, PriorityQueue {

    /** Stands for null in {@link #items}, which don't take it. */
    private static final Object NULL = new Object();

    static {
        new QueueAccess() {
            @Override
            public void whenEnded(Object queue, Runnable light) {
                Queue<?> itself = (Queue<?>) queue;
                itself.bound.checkThread("flux(loop, queue)");
                itself.atEnd.add(light);
                itself.tellOfTheEnd();
            }

            @Override
            public void forget(Object queue, Runnable light) {
                ((Queue<?>) queue).atEnd.remove(light);
            }
        };
    }

    private final LoopBound bound = new LoopBound(this);

    private final int maxsize;

    // The loop's thread, from here on.

    /** What {@link #stored} makes of the items. */
    private final java.util.Queue<Object> items;

    private final WaitingLine getters = new WaitingLine();

    private final WaitingLine putters = new WaitingLine();

    /** How many items were put for which {@link #taskDone} wasn't called yet. */
    private int unfinishedTasks;

    /** Set while {@link #unfinishedTasks} is 0. */
    private final Event finished = new Event();

    private boolean shutDown;

    /** What is to be told when this is shut down and empty. */
    private final List<Runnable> atEnd = new ArrayList<>(0);

    /** A queue that is never full. */
    public Queue() {
        this(0);
    }

    /**
     * A queue of at most so many items.
     *
     * @param maxsize how many items it holds; any number if it is 0 or less
     */
    public Queue(int maxsize) {
        this(maxsize, new ArrayDeque<>());
    }

    /** A queue that keeps its items in {@code items}, whose head is the next to come out. */
    Queue(int maxsize, java.util.Queue<Object> items) {
        this.maxsize = maxsize;
        this.items = items;
        finished.set();
    }

    /** What is kept for {@code item}. */
    Object stored(T item) {
        return item == null ? NULL : item;
    }

    /** The item for which {@code stored} was kept. */
    @SuppressWarnings({"unchecked", "NullAway"}) // what stored() made of one; null only if T is
    T item(Object stored) {
        return (T) (stored == NULL ? null : stored);
    }

    /**
     * How many items there are.
     *
     * @return the number
     */
    public final int qsize() {
        return items.size();
    }

    /**
     * How many items there may be.
     *
     * @return the number that this was made with; no limit if it is 0 or less
     */
    public final int maxsize() {
        return maxsize;
    }

    /**
     * Whether there are no items.
     *
     * @return true if {@link #get} would have to wait
     */
    public final boolean empty() {
        return items.isEmpty();
    }

    /**
     * Whether there are as many items as there may be.
     *
     * @return true if {@link #put} would have to wait
     */
    public final boolean full() {
        return maxsize > 0 && items.size() >= maxsize;
    }

    /**
     * Puts an item in, and waits for room if need be.
     *
     * @param item the item
     * @return a coroutine without a result; it throws {@link QueueShutDownException} if this was
     *     shut down, while it waited or before, and {@link IllegalStateException} if it would have
     *     to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public final Coroutine<@Nullable Void> put(T item) {
        return Coroutine.named(
                "Queue.put",
                Coroutine.of(() -> {
                    bound.checkThread("Queue.put");
                    while (full()) {
                        checkTakesItems();
                        waitIn(putters);
                    }
                    putNowait(item);
                }));
    }

    /**
     * Puts an item in.
     *
     * @param item the item
     * @throws QueueFullException if there is no room
     * @throws QueueShutDownException if this was shut down
     */
    public final void putNowait(T item) {
        bound.checkThread("Queue.putNowait");
        checkTakesItems();
        if (full()) {
            throw new QueueFullException(
                    "the queue has " + maxsize + " items already; await(queue.put(item)) waits");
        }
        items.add(stored(item));
        unfinishedTasks++;
        finished.clear();
        getters.wakeAndRemoveNext();
    }

    private void checkTakesItems() {
        if (shutDown) {
            throw new QueueShutDownException("the queue was shut down: it takes no more items");
        }
    }

    /**
     * Takes the next item out, and waits for one if need be.
     *
     * @return a coroutine of the item; it throws {@link QueueShutDownException} if there is none
     *     and this was shut down, while it waited or before, and {@link IllegalStateException} if
     *     it would have to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public final Coroutine<T> get() {
        return Coroutine.named(
                "Queue.get",
                () -> {
                    bound.checkThread("Queue.get");
                    while (items.isEmpty()) {
                        checkGivesItems();
                        waitIn(getters);
                    }
                    return getNowait();
                });
    }

    /**
     * Takes the next item out.
     *
     * @return the item
     * @throws QueueEmptyException if there is none
     * @throws QueueShutDownException if there is none, and there won't be as this was shut down
     */
    public final T getNowait() {
        bound.checkThread("Queue.getNowait");
        if (items.isEmpty()) {
            checkGivesItems();
            throw new QueueEmptyException("the queue has no items; await(queue.get()) waits");
        }
        T item = item(items.remove());
        putters.wakeAndRemoveNext();
        tellOfTheEnd();
        return item;
    }

    private void checkGivesItems() {
        if (shutDown) {
            throw new QueueShutDownException("the queue was shut down: there won't be more items");
        }
    }

    /** Waits until somebody wakes this task; what it is to do may not be possible all the same. */
    private void waitIn(WaitingLine line) {
        AsyncFuture<@Nullable Void> turn = bound.bind().createFuture();
        WaitingLine.Place place = line.add(turn);
        boolean goesOn = false;
        try {
            await(turn);
            goesOn = true;
        } catch (CancelledError | GeneratorExit e) {
            // When it was woken, there may still be what it was woken for.
            boolean possible = line == getters ? !items.isEmpty() : !full();
            if (possible && turn.done() && !turn.cancelled()) {
                line.wakeAndRemoveNext();
            }
            throw e;
        } finally {
            if (!goesOn) {
                line.remove(place); // unless whoever woke it did that
            }
        }
    }

    /**
     * Says that the work on an item that was taken out is done, for those who {@link #join}.
     *
     * @throws IllegalArgumentException if it was called more often than items were put in, as
     *     asyncio's is a {@code ValueError}
     */
    public final void taskDone() {
        bound.checkThread("Queue.taskDone");
        if (unfinishedTasks == 0) {
            throw new IllegalArgumentException(
                    "taskDone: called more often than items were put in; call it once for each");
        }
        taskIsDone();
    }

    private void taskIsDone() {
        if (unfinishedTasks > 0 && --unfinishedTasks == 0) {
            finished.set();
        }
    }

    /**
     * Waits until {@link #taskDone} was called for each item that was put in; doesn't suspend if
     * that is so.
     *
     * @return a coroutine without a result; it throws {@link IllegalStateException} if it would
     *     have to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public final Coroutine<@Nullable Void> join() {
        return Coroutine.named(
                "Queue.join",
                Coroutine.of(() -> {
                    bound.checkThread("Queue.join");
                    if (unfinishedTasks > 0) {
                        bound.bind();
                        await(finished.waitFor());
                    }
                }));
    }

    /**
     * Takes no more items: those who put, or wait to, get a {@link QueueShutDownException}, and so
     * do those who get once there are no items left. May be called again.
     */
    public final void shutdown() {
        shutdown(false);
    }

    /**
     * Takes no more items, as {@link #shutdown()} does.
     *
     * @param immediate whether to drop the items that are there, each as if {@link #taskDone} had
     *     been called for it, so that those who get have none from now on, and those who {@link
     *     #join} wait for no more than what was taken out before
     */
    public final void shutdown(boolean immediate) {
        bound.checkThread("Queue.shutdown");
        shutDown = true;
        if (immediate) {
            while (items.poll() != null) {
                taskIsDone();
            }
        }
        getters.wakeAndRemoveAll();
        putters.wakeAndRemoveAll();
        tellOfTheEnd();
    }

    private void tellOfTheEnd() {
        if (shutDown && items.isEmpty() && !atEnd.isEmpty()) {
            List<Runnable> all = List.copyOf(atEnd);
            atEnd.clear();
            all.forEach(Runnable::run);
        }
    }

    /** {@code Queue[maxsize=0, items=[a, b], getters=1, putters=1, tasks=2, shutdown]}. */
    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder(getClass().getSimpleName());
        text.append("[maxsize=").append(maxsize);
        if (!items.isEmpty()) {
            List<String> texts = new ArrayList<>();
            items.forEach(stored -> texts.add(Objects.toString(item(stored))));
            text.append(", items=").append(texts);
        }
        if (getters.size() > 0) {
            text.append(", getters=").append(getters.size());
        }
        if (putters.size() > 0) {
            text.append(", putters=").append(putters.size());
        }
        if (unfinishedTasks > 0) {
            text.append(", tasks=").append(unfinishedTasks);
        }
        return text.append(shutDown ? ", shutdown]" : "]").toString();
    }
}
