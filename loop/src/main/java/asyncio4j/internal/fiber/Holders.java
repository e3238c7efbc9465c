package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

/**
 * Finds the fiber that a virtual thread is. A thread-local would do the same, but for each of a
 * million sleeping tasks it is a map of 136 bytes.
 *
 * <p>Code that runs on a fiber's thread runs because the fiber holds the baton. So it is the holder
 * of one of the engines that run, and comparing threads tells which: that is the truth, and takes a
 * look at each of them. What was found is kept in {@code seen}, at a place that the thread's number
 * gives, so that the next question on the same thread is answered by one comparison. Places are
 * shared, and written without any order between threads: one that holds another thread's fiber, or
 * none, leads to a search, and one that holds the fiber of the thread that asks is right, since a
 * fiber never changes its thread.
 */
final class Holders {

    private static final int PLACES = 1024;

    private static final @Nullable ThreadFiber[] SEEN = new ThreadFiber[PLACES];

    /** The engines that run. A new array for each change, made under this class's monitor. */
    private static volatile VirtualThreadEngine[] running = {};

    private Holders() {}

    /** The fiber that the calling thread is, or null. */
    static @Nullable ThreadFiber of(Thread calling) {
        ThreadFiber seen = SEEN[place(calling)];
        return seen != null && seen.isOn(calling) ? seen : search(calling);
    }

    private static @Nullable ThreadFiber search(Thread calling) {
        for (VirtualThreadEngine engine : running) {
            ThreadFiber holder = engine.holder();
            if (holder != null && holder.isOn(calling)) {
                SEEN[place(calling)] = holder;
                return holder;
            }
        }
        return null;
    }

    private static int place(Thread thread) {
        return (int) thread.threadId() & PLACES - 1;
    }

    /** Fibers of {@code engine} may run from now on. */
    static synchronized void add(VirtualThreadEngine engine) {
        VirtualThreadEngine[] more = new VirtualThreadEngine[running.length + 1];
        System.arraycopy(running, 0, more, 1, running.length);
        more[0] = engine;
        running = more;
    }

    /** None runs any more. */
    static synchronized void remove(VirtualThreadEngine engine) {
        VirtualThreadEngine[] before = running;
        VirtualThreadEngine[] fewer = new VirtualThreadEngine[before.length - 1];
        int kept = 0;
        for (VirtualThreadEngine each : before) {
            if (each != engine) {
                fewer[kept++] = each;
            }
        }
        running = fewer;
    }

    /** The thread of {@code fiber} ends: nothing is to hold that any more. That thread. */
    static void forget(ThreadFiber fiber) {
        int place = place(fiber.thread());
        if (SEEN[place] == fiber) {
            SEEN[place] = null;
        }
    }
}
