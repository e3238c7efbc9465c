package asyncio4j.internal.spi;

/**
 * Where a loop waits when nothing is ready, if it isn't to park: the I/O of a library that wants it
 * done by the loop itself.
 *
 * <p>What has no word on it is called by the baton holder alone, on a stack that is no task's.
 */
public interface Poller {

    /**
     * Does the I/O that is there; waits for some if there is none.
     *
     * @param nanos how long to wait at most; zero for not at all
     * @return whether anything was done
     */
    boolean poll(long nanos);

    /** Does the work that {@link Host#request} announced. */
    void work();

    /** Ends the wait of {@link #poll}, be it under way or about to begin. Any thread. */
    void wakeup();

    /**
     * Ends the I/O and frees what belongs to it. The thread that closes the loop, once, after all
     * else.
     */
    void close();

    /** The loop, as its poller sees it. */
    interface Host {

        /**
         * Whether there is nothing that forbids to wait. Asked after the last moment from which a
         * {@link #wakeup} counts. Baton holder only.
         */
        boolean mayWait();

        /** The wait is over, and what came of it is done now. Baton holder only. */
        void waited();

        /** Has {@link #work} called soon; once, however often this is called before. Any thread. */
        void request();

        /** Whether {@code thread} holds the loop's baton, if it is the calling one. Any thread. */
        boolean isHolder(Thread thread);
    }
}
