package asyncio4j;

/**
 * What may be asked of {@link Asyncio#gather(java.util.Collection, GatherOptions)}.
 *
 * {@snippet :
 * List<Coroutine<String>> work = List.of(sleep(Duration.ofMillis(10), "a"), () -> "b");
 * List<String> results = await(gather(work, GatherOptions.DEFAULT.cancelOnError(true)));
 * }
 *
 * <p>asyncio's {@code return_exceptions} changes the type of the results, and so is a method of its
 * own, {@link Asyncio#gatherReturnExceptions(java.util.Collection, GatherOptions)}.
 *
 * @param cancelOnError whether the first failure, a cancelled child among them, cancels the others;
 *     the gathering future is then done only when all have ended. asyncio's lets them go on, and
 *     doesn't wait for them
 */
public record GatherOptions(boolean cancelOnError) {

    /** As asyncio does it: a failure leaves the others alone. */
    public static final GatherOptions DEFAULT = new GatherOptions(false);

    /**
     * The same options with or without a cancellation of the others.
     *
     * @param cancel whether the first failure cancels the others
     * @return new options
     */
    public GatherOptions cancelOnError(boolean cancel) {
        return new GatherOptions(cancel);
    }
}
