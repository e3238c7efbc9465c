package asyncio4j.bridge;

import asyncio4j.AsyncIterator;
import asyncio4j.Coroutine;
import asyncio4j.StopAsyncIteration;
import asyncio4j.Task;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The elements of a publisher one by one; see {@link Bridge#iterate(Publisher)}.
 *
 * <p>It is for one task: the one that asks for the first element. That is when the publisher is
 * subscribed to. Asking suspends the task until an element is there, and throws the publisher's
 * error once the elements before it are used up. The iterator is closed when the publisher has
 * ended, by {@link #close}, or in the end with its task; closing cancels the subscription, and what
 * was fetched ahead goes to the discard hook.
 *
 * @param <T> the type of the elements
 */
public final class FluxIterator<T> implements Iterable<T>, AsyncIterator<T>, AutoCloseable {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private final Publisher<? extends T> source;

    private final int prefetch;

    // The loop's thread, from here on.

    /** Null until the first element is asked for. */
    private @Nullable IteratingSubscriber<T> subscriber;

    private @Nullable Task<?> owner;

    private boolean closed;

    /** What the task does with this when it ends; on the task as long as this is open. */
    private final Consumer<Object> atTasksEnd = this::taskEnded;

    FluxIterator(Publisher<? extends T> source, int prefetch) {
        this.source = source;
        this.prefetch = prefetch;
    }

    /**
     * What a {@code for} loop needs.
     *
     * @return an iterator over what is still to come; all that this gives go on where the last one
     *     was left
     */
    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return FluxIterator.this.hasNext();
            }

            @Override
            public T next() {
                return FluxIterator.this.next();
            }
        };
    }

    /**
     * Whether there is another element; suspends the task until that is known.
     *
     * @return false at the end, and after {@link #close}
     * @throws IllegalStateException outside of a task, in another task than the first, or while
     *     that one waits in here
     */
    public boolean hasNext() {
        return isReady() || advance();
    }

    /** Whether there is an element, which {@link #taken} gives then, with nothing to do before. */
    private boolean isReady() {
        IteratingSubscriber<T> elements = subscriber;
        return elements != null
                && elements.isReady()
                && ACCESS.surelyRuns(Objects.requireNonNull(owner));
    }

    /** Whether there is an element, which {@link #taken} gives then. */
    private boolean advance() {
        Task<?> task = owner;
        if (task == null || !ACCESS.surelyRuns(task)) {
            task = check();
        }
        if (closed) {
            return false;
        }
        IteratingSubscriber<T> elements = subscriber == null ? subscribe(task) : subscriber;
        boolean found;
        try {
            found = elements.advance();
        } catch (Throwable e) {
            end();
            throw e;
        }
        if (!found) {
            end();
        }
        return found;
    }

    private T taken() {
        return Objects.requireNonNull(Objects.requireNonNull(subscriber).next());
    }

    private Task<?> check() {
        Task<?> task = ACCESS.requireTask("FluxIterator.hasNext");
        if (owner != null && owner != task) { // closed or not: for this task it isn't at its end
            throw new IllegalStateException(
                    this + " belongs to " + owner + ", which asked first, not to " + task);
        }
        return task;
    }

    private IteratingSubscriber<T> subscribe(Task<?> task) {
        IteratingSubscriber<T> made = new IteratingSubscriber<>(source, prefetch, task);
        owner = task;
        subscriber = made;
        task.addDoneCallback(atTasksEnd);
        return made;
    }

    private void taskEnded(Object task) {
        close();
    }

    /** Notes the end, and leaves nothing behind on the task, which may last for months. */
    private void end() {
        closed = true;
        Task<?> task = owner;
        if (task != null) {
            task.removeDoneCallback(atTasksEnd);
        }
    }

    /**
     * The next element; suspends the task until it is there.
     *
     * @return the element
     * @throws NoSuchElementException at the end
     */
    public T next() {
        if (!isReady() && !advance()) {
            throw new NoSuchElementException("the publisher has no more elements");
        }
        return taken();
    }

    /**
     * Calls {@code action} with each element that is still to come, on the calling task's fiber:
     * what a {@code for} loop does, at a little less cost. The action may await. The iterator isn't
     * closed if the action throws.
     *
     * @param action what to do with an element
     * @throws IllegalStateException outside of a task, and in another task than the first
     */
    @Override
    public void forEach(Consumer<? super T> action) {
        Objects.requireNonNull(action, "forEach: the action is null");
        while (isReady() || advance()) {
            action.accept(taken());
        }
    }

    /**
     * Asks for the next element.
     *
     * @return a coroutine of the element; it throws {@link StopAsyncIteration} at the end
     */
    @Override
    public Coroutine<T> anext() {
        return () -> {
            if (!hasNext()) {
                throw new StopAsyncIteration();
            }
            return next();
        };
    }

    /**
     * Cancels the subscription, and discards what was fetched ahead. Does nothing if the publisher
     * has ended, and when called again. Any code of the loop may do this; the task, if it waits for
     * an element, then finds the end.
     *
     * @throws IllegalStateException on another thread than the loop's
     */
    @Override
    public void close() {
        Task<?> task = owner;
        if (task != null && !ACCESS.mayTouch(task.getLoop())) {
            throw new IllegalStateException(
                    this
                            + " belongs to the thread of "
                            + task.getLoop()
                            + ", not to thread "
                            + Thread.currentThread().getName()
                            + ": use loop.callSoonThreadsafe(iterator::close)");
        }
        end();
        IteratingSubscriber<T> elements = subscriber;
        if (elements != null) {
            elements.close();
        }
    }

    @Override
    public String toString() {
        return "FluxIterator["
                + (subscriber == null ? "not begun" : closed ? "closed" : "open")
                + "]";
    }
}
