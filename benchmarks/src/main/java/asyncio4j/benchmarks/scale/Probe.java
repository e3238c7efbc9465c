package asyncio4j.benchmarks.scale;

import com.sun.management.ThreadMXBean;

import org.jspecify.annotations.Nullable;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Told by a case where each of its phases ends. Takes their times in one run of the case, and their
 * bytes in another, as looking at the heap takes time.
 */
public final class Probe {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final List<GarbageCollectorMXBean> COLLECTORS =
            ManagementFactory.getGarbageCollectorMXBeans();

    private final boolean bytes;

    private final Map<String, Number> figures = new LinkedHashMap<>();

    private final Map<String, Long> pauses = new LinkedHashMap<>();

    /** Milliseconds that the collector had taken when the phase began. */
    private long pausedBefore;

    private long begun;

    private long heapBefore;

    private long allocatedBefore;

    private Probe(boolean bytes) {
        this.bytes = bytes;
    }

    /** Takes nanoseconds. */
    static Probe ofTime() {
        return new Probe(false);
    }

    /** Takes bytes. */
    static Probe ofBytes() {
        return new Probe(true);
    }

    /** For each phase, in order. */
    Map<String, Number> figures() {
        return figures;
    }

    /** How many milliseconds of each phase the collector took. */
    Map<String, Long> pauses() {
        return pauses;
    }

    /** The first phase begins. */
    public void begin() {
        if (bytes) {
            heapBefore = heap();
        }
        restart();
    }

    /**
     * The phase has built what is alive now: its bytes are those of the heap, less what was before.
     */
    public void held(String phase) {
        end(phase, bytes ? heap() - heapBefore : null);
    }

    /** The phase leaves nothing behind: its bytes are those that it has allocated. */
    public void spent(String phase) {
        end(phase, bytes ? THREADS.getTotalThreadAllocatedBytes() - allocatedBefore : null);
    }

    private void end(String phase, @Nullable Long found) {
        long now = System.nanoTime();
        figures.put(phase, found == null ? now - begun : found);
        pauses.put(phase, paused() - pausedBefore);
        restart();
    }

    private void restart() {
        if (bytes) {
            allocatedBefore = THREADS.getTotalThreadAllocatedBytes();
        }
        pausedBefore = paused();
        begun = System.nanoTime();
    }

    private static long paused() {
        long millis = 0;
        for (GarbageCollectorMXBean collector : COLLECTORS) {
            millis += collector.getCollectionTime();
        }
        return millis;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
