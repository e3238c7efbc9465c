package asyncio4j.locks;

import static asyncio4j.Asyncio.await;

import asyncio4j.AsyncFuture;
import asyncio4j.CancelledError;
import asyncio4j.CheckReturnValue;
import asyncio4j.Coroutine;
import asyncio4j.GeneratorExit;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.locks.LoopBound;
import asyncio4j.internal.locks.WaitingLine;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * A lock whose holder can let it go until another task says that something has changed. Python's
 * {@code asyncio.Condition}.
 *
 * {@snippet :
 * Condition changed = new Condition();
 * List<String> items = new ArrayList<>();
 * Task<?> consumer = createTask(() -> {
 *     try (var _ = await(changed.acquire())) {
 *         await(changed.waitFor(() -> !items.isEmpty()));
 *         items.removeLast();
 *     }
 * });
 * try (var _ = await(changed.acquire())) {
 *     items.add("item");
 *     changed.signal();
 * }
 * await(consumer);
 * }
 *
 * <p>Java has taken the names {@code wait}, {@code notify} and {@code notifyAll}, whose methods any
 * object has and which are not for tasks; here they are {@link #waitFor()}, {@link #signal()} and
 * {@link #signalAll}.
 *
 * <p>It belongs to the loop on which a task first has to wait for it, and to that loop's thread:
 * from then on its methods fail on any other while the loop runs.
 */
public final class Condition {

    private final LoopBound bound;

    private final Lock lock;

    /** Those who wait to be signalled, not those who wait for the lock. The loop's thread. */
    private final WaitingLine waiters = new WaitingLine();

    /** A condition with a lock of its own. */
    public Condition() {
        this(new Lock());
    }

    /**
     * A condition with a lock that others use, too.
     *
     * @param lock the lock
     */
    public Condition(Lock lock) {
        this.lock =
                Objects.requireNonNull(lock, "the lock is null: leave it out for one of its own");
        this.bound = new LoopBound(this);
    }

    /** The condition inside of {@code owner}, which messages speak of. */
    Condition(Object owner) {
        this.lock = new Lock(owner);
        this.bound = new LoopBound(owner);
    }

    /**
     * Whether somebody has the lock.
     *
     * @return true if so
     */
    public boolean locked() {
        return lock.locked();
    }

    /**
     * Takes the lock, as {@link Lock#acquire} does.
     *
     * @return a coroutine of what gives the lock back: close it, or call {@link #release}
     */
    @CheckReturnValue
    public Coroutine<Lock.Held> acquire() {
        return lock.acquire();
    }

    /**
     * Gives the lock back, as {@link Lock#release} does.
     *
     * @throws IllegalStateException if nobody has the lock
     */
    public void release() {
        lock.release();
    }

    /**
     * Gives the lock back, waits for a signal, and takes the lock again. It may also come back
     * without a signal, so look whether what was waited for is so, or use {@link
     * #waitFor(BooleanSupplier)}. Python's {@code Condition.wait}.
     *
     * <p>A task that is cancelled meanwhile takes the lock again first, however often it is
     * cancelled; then the last of the errors is thrown, and as the task may have used up a signal,
     * another one that waits is woken. Only when the loop is closed, which ends all that wait, the
     * lock is taken again if it is free, and not waited for.
     *
     * @return a coroutine without a result; it throws {@link IllegalStateException} if nobody has
     *     the lock, or it would have to wait on another loop than tasks did before
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> waitFor() {
        return Coroutine.named("Condition.waitFor", Coroutine.of(this::waitForSignal));
    }

    /**
     * Waits until {@code predicate} is true, as {@link #waitFor()} does, looking anew after each
     * signal; doesn't suspend if it is true now. Python's {@code Condition.wait_for}.
     *
     * @param predicate what has to be true; called with the lock held, and must not await
     * @return a coroutine without a result; it throws what the predicate throws, and what {@link
     *     #waitFor()} does
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> waitFor(BooleanSupplier predicate) {
        Objects.requireNonNull(
                predicate, "the predicate is null: leave it out to wait for the next signal");
        return Coroutine.named(
                "Condition.waitFor",
                Coroutine.of(() -> {
                    checkThread("Condition.waitFor");
                    while (!predicate.getAsBoolean()) {
                        waitForSignal();
                    }
                }));
    }

    private void waitForSignal() {
        checkThread("Condition.waitFor");
        LoopAccess.get().requireTask("Condition.waitFor");
        Lock.Held held = lock.holder();
        if (held == null) {
            throw new IllegalStateException(
                    "waitFor: the lock is not acquired; acquire the condition first");
        }
        AsyncFuture<@Nullable Void> signal = bound.bind().createFuture();
        lock.release();
        try {
            awaitAndTakeBack(signal, held);
        } catch (GeneratorExit e) {
            lock.takeIfFree(held); // the loop is gone, nobody can wait for it any more
            throw e;
        } catch (Throwable e) {
            wakeUp(1); // the signal may have been for this one, and it can't use it
            throw e;
        }
    }

    /** Awaits the signal, and then has the lock whatever came of that, unless the loop is gone. */
    private void awaitAndTakeBack(AsyncFuture<@Nullable Void> signal, Lock.Held held) {
        CancelledError cancelled = null;
        WaitingLine.Place place = waiters.add(signal);
        try {
            await(signal);
        } catch (CancelledError e) {
            cancelled = e;
        } finally {
            waiters.remove(place);
        }
        for (boolean taken = false; !taken; ) {
            try {
                lock.take(held);
                taken = true;
            } catch (CancelledError e) {
                cancelled = e;
            }
        }
        if (cancelled != null) {
            throw cancelled;
        }
    }

    /**
     * Wakes the first task that waits for a signal, if there is one. It goes on when it gets the
     * lock, which the caller has to give back. Python's {@code Condition.notify}.
     *
     * @throws IllegalStateException if nobody has the lock
     */
    public void signal() {
        signal(1);
    }

    /**
     * Wakes the first tasks that wait for a signal, at most {@code n} of them. Python's {@code
     * Condition.notify(n)}.
     *
     * @param n how many; 0 or more
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if nobody has the lock
     */
    public void signal(int n) {
        checkThread("Condition.signal");
        if (n < 0) {
            throw new IllegalArgumentException("signal: n must be >= 0, not " + n);
        }
        if (!lock.locked()) {
            throw new IllegalStateException(
                    "signal: the lock is not acquired; acquire the condition first");
        }
        wakeUp(n);
    }

    /**
     * Wakes all tasks that wait for a signal. Python's {@code Condition.notify_all}.
     *
     * @throws IllegalStateException if nobody has the lock
     */
    public void signalAll() {
        signal(Integer.MAX_VALUE);
    }

    /** Wakes the first {@code n} that wait for a signal, whoever has the lock. */
    void wakeUp(int n) {
        waiters.wake(n);
    }

    /** Fails on another thread than the loop's. */
    void checkThread(String what) {
        bound.checkThread(what);
    }

    @Override
    public String toString() {
        return "Condition["
                + (locked() ? "locked" : "unlocked")
                + (waiters.size() == 0 ? "" : ", waiters=" + waiters.size())
                + "]";
    }
}
