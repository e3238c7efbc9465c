package asyncio4j;

/** When {@link Asyncio#wait(java.util.Collection, ReturnWhen)} has waited long enough. */
public enum ReturnWhen {

    /** As soon as one of the futures is done, or was cancelled. */
    FIRST_COMPLETED,

    /** As soon as one has failed, else when all are done; one that was cancelled hasn't failed. */
    FIRST_EXCEPTION,

    /** When all are done. */
    ALL_COMPLETED
}
