package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What may be said of a task when it is made: the keyword arguments of Python's {@code
 * create_task}.
 *
 * {@snippet :
 * createTask(() -> serve(connection), TaskOptions.DEFAULT.name("connection 7"));
 * }
 *
 * @param name the task's name; null for {@code Task-} and a number
 * @param context the context to run in, used as it is; null for a copy of the current one
 * @param eagerStart whether the body starts inside the create call and runs to its first suspension
 *     there, which it does only if the loop runs; null to leave it to the {@linkplain
 *     EventLoop#setTaskFactory task factory}, and without one the loop starts it
 */
public record TaskOptions(
        @Nullable String name, @Nullable Context context, @Nullable Boolean eagerStart) {

    /** No name, a copy of the current context, started by the loop or as the task factory likes. */
    public static final TaskOptions DEFAULT = new TaskOptions(null, null, null);

    /**
     * The same options with a name.
     *
     * @param newName the name
     * @return new options
     */
    public TaskOptions name(@Nullable String newName) {
        return new TaskOptions(newName, context, eagerStart);
    }

    /**
     * The same options with a context.
     *
     * @param newContext the context
     * @return new options
     */
    public TaskOptions context(@Nullable Context newContext) {
        return new TaskOptions(name, newContext, eagerStart);
    }

    /**
     * The same options with or without an eager start, whatever the task factory does otherwise.
     *
     * @param eager whether to start inside the create call
     * @return new options
     */
    public TaskOptions eagerStart(boolean eager) {
        return new TaskOptions(name, context, eager);
    }
}
