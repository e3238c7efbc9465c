package asyncio4j.benchmarks.latency;

import org.HdrHistogram.Histogram;

import reactor.core.publisher.Mono;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * For some time one side waits for another thread, again and again. What it waits for completes a
 * random time later, with the moment of its completion.
 */
public final class Trial {

    private static final long SHORTEST_PAUSE_NANOS = 100_000;

    private static final long LONGEST_PAUSE_NANOS = 1_000_000;

    private static final long WORK_NANOS = 1_000;

    /** How many coroutines have something to do besides, where there are coroutines. */
    public static final int NEIGHBOURS = 4;

    private final Source source;

    private final boolean busy;

    private final boolean pauses;

    private final Histogram latencies;

    private final long end;

    private volatile boolean over;

    /**
     * One that begins now.
     *
     * @param source who completes
     * @param busy whether those who wait have neighbours that have something to do
     * @param pauses whether it takes a while until something completes; a warm-up has no time
     * @param nanos how long it lasts
     * @param latencies where each wait is recorded
     */
    Trial(Source source, boolean busy, boolean pauses, long nanos, Histogram latencies) {
        this.source = source;
        this.busy = busy;
        this.pauses = pauses;
        this.latencies = latencies;
        this.end = System.nanoTime() + nanos;
    }

    /** Whether there are to be neighbours, which {@link #work} until it is {@link #over}. */
    public boolean busy() {
        return busy;
    }

    /** Whether the waiting side should wait once more; neighbours end when it shouldn't. */
    public boolean more() {
        if (System.nanoTime() - end >= 0) {
            over = true;
        }
        return !over;
    }

    /** Whether the neighbours should end. Any thread. */
    public boolean over() {
        return over;
    }

    /** What to wait for, as a Mono. */
    public Mono<Long> mono() {
        return Mono.create(sink -> complete(sink::success));
    }

    /** The same as a future. */
    CompletableFuture<Long> future() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        complete(future::complete);
        return future;
    }

    private void complete(LongConsumer completion) {
        source.executor()
                .execute(() -> {
                    if (pauses) {
                        LockSupport.parkNanos(
                                ThreadLocalRandom.current()
                                        .nextLong(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
                    }
                    completion.accept(System.nanoTime());
                });
    }

    /** The waiting side goes on. */
    public void resumed(long completed) {
        latencies.recordValue(System.nanoTime() - completed);
    }

    /** What a neighbour does before it gives way. Any thread. */
    public void work() {
        long until = System.nanoTime() + WORK_NANOS;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }
}
