package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What may be said of a call graph; see {@link Asyncio#captureCallGraph(AsyncFuture,
 * CallGraphOptions)}. The keyword arguments of Python's {@code capture_call_graph}.
 *
 * @param depth where the stack of the calling task begins: 1 with the caller, 2 with the caller's
 *     caller, and so on. The stacks of other tasks are always whole
 * @param limit how many calls of each stack are kept: the innermost ones if it is positive, the
 *     outermost ones if it is negative, none and no stacks taken at all if it is 0; null for all
 */
public record CallGraphOptions(int depth, @Nullable Integer limit) {

    /** From the caller on, without a limit. */
    public static final CallGraphOptions DEFAULT = new CallGraphOptions(1, null);

    /** Checks the depth. */
    public CallGraphOptions {
        if (depth < 1) {
            throw new IllegalArgumentException(
                    "the depth is " + depth + ": 1 is the caller, 2 its caller, and so on");
        }
    }

    /**
     * The same with another depth.
     *
     * @param newDepth where the stack of the calling task begins
     * @return other options
     */
    public CallGraphOptions depth(int newDepth) {
        return new CallGraphOptions(newDepth, limit);
    }

    /**
     * The same with another limit.
     *
     * @param newLimit how many calls of each stack are kept
     * @return other options
     */
    public CallGraphOptions limit(int newLimit) {
        return new CallGraphOptions(depth, newLimit);
    }
}
