package asyncio4j.locks;

/**
 * A semaphore that refuses to be given back more permits than it had at first, which a program that
 * pairs {@link #acquire} and {@link #release} never does. Python's {@code
 * asyncio.BoundedSemaphore}.
 *
 * {@snippet :
 * BoundedSemaphore connections = new BoundedSemaphore(3);
 * try (var _ = await(connections.acquire())) {
 *     await(sleep(Duration.ofMillis(10)));
 * }
 * }
 */
public final class BoundedSemaphore extends Semaphore {

    private final int bound;

    /** One permit. */
    public BoundedSemaphore() {
        this(1);
    }

    /**
     * So many permits, and never more.
     *
     * @param value the number of permits; 0 or more
     * @throws IllegalArgumentException if it is negative
     */
    public BoundedSemaphore(int value) {
        super(value);
        bound = value;
    }

    /**
     * Gives a permit back, and wakes the first task that waits for one.
     *
     * @throws IllegalArgumentException if all permits are there already, as asyncio's is a {@code
     *     ValueError}
     */
    @Override
    public void release() {
        checkThread("BoundedSemaphore.release");
        if (value() >= bound) {
            throw new IllegalArgumentException(
                    "release: all "
                            + bound
                            + " permits are there already; release once for each acquire");
        }
        super.release();
    }
}
