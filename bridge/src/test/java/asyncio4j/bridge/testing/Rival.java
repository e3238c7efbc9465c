package asyncio4j.bridge.testing;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.LockSupport;

/**
 * A second thread, which does something at the same time as the caller, thousands of times. Both
 * sides spin, as waking a thread would take longer than what they race for.
 */
public final class Rival implements AutoCloseable {

    private static final Runnable END =
            new Runnable() {
                @Override
                public void run() {
                    // only there to be recognised
                }
            };

    /** For so long each side spins before it parks. */
    private static final int PATIENCE = 2_000;

    private volatile @Nullable Runnable work;

    private volatile @Nullable Throwable failure;

    private volatile boolean begun;

    /** The caller's. */
    private int races;

    /** Who waits in begin or join. */
    private volatile @Nullable Thread waiter;

    private final Thread thread = Thread.ofPlatform().name("rival").start(this::serve);

    private void serve() {
        for (; ; ) {
            Runnable next = next();
            if (next == END) {
                return;
            }
            begun = true;
            LockSupport.unpark(waiter);
            try {
                next.run();
            } catch (Throwable e) {
                failure = e;
            } finally {
                work = null;
                LockSupport.unpark(waiter);
            }
        }
    }

    private Runnable next() {
        for (int i = 0; ; i++) {
            Runnable next = work;
            if (next != null) {
                return next;
            }
            pause(i);
        }
    }

    private static void pause(int turn) {
        if (turn < PATIENCE) {
            Thread.onSpinWait();
        } else {
            LockSupport.park();
        }
    }

    /** Has it do something. It is done when {@link #join} returns. */
    public void begin(Runnable action) {
        begun = false;
        work = action;
        LockSupport.unpark(thread);
    }

    /** Has it do something; every other time it is at it when this returns. */
    public void race(Runnable action) {
        waiter = Thread.currentThread();
        begin(action);
        if (++races % 2 == 0) {
            for (int i = 0; !begun; i++) {
                pause(i);
            }
        }
    }

    /** Waits until it is done. */
    public void join() {
        waiter = Thread.currentThread();
        for (int i = 0; work != null; i++) {
            pause(i);
        }
        waiter = null;
        Throwable failed = failure;
        if (failed != null) {
            throw new AssertionError("the other thread failed", failed);
        }
    }

    /** Lets some time pass, so that two sides don't always meet in the same way. */
    public static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        join();
        begin(END);
        Threads.join(thread);
    }
}
