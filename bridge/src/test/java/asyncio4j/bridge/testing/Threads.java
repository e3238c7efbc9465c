package asyncio4j.bridge.testing;

/** Other threads in tests. */
public final class Threads {

    private Threads() {}

    /** Runs {@code action} on another thread, and waits until it has ended. */
    public static void elsewhere(Runnable action) {
        join(start(action));
    }

    public static Thread start(Runnable action) {
        return Thread.ofPlatform().name("elsewhere").start(action);
    }

    public static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
