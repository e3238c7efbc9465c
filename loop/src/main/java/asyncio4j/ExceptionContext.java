package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * What a loop's exception handler is told: the dict of Python's {@code call_exception_handler}.
 *
 * @param message what happened
 * @param exception the error, if there is one
 * @param future the future it is about, if it is about one
 * @param task the task it is about, if it is about one
 * @param handle the callback it is about, if it is about one
 * @param source where the future, task or handle was made; in debug mode only
 */
public record ExceptionContext(
        String message,
        @Nullable Throwable exception,
        @Nullable AsyncFuture<?> future,
        @Nullable Task<?> task,
        @Nullable Handle handle,
        @Nullable Throwable source) {

    /**
     * A context of a message and an error alone.
     *
     * @param message what happened
     * @param exception the error, if there is one
     * @return a new context
     */
    public static ExceptionContext of(String message, @Nullable Throwable exception) {
        return new ExceptionContext(message, exception, null, null, null, null);
    }

    /**
     * The same with the future that it is about.
     *
     * @param about the future; a task is named as such
     * @return a new context
     */
    public ExceptionContext future(AsyncFuture<?> about) {
        Task<?> asTask = about instanceof Task<?> t ? t : null;
        return new ExceptionContext(
                message,
                exception,
                asTask == null ? about : null,
                asTask,
                handle,
                about.creationStack());
    }

    /**
     * The same with the callback that it is about.
     *
     * @param about the handle
     * @return a new context
     */
    public ExceptionContext handle(Handle about) {
        Throwable made =
                switch (about) {
                    case CallbackHandle callback -> callback.creationStack();
                    case TimerCallback timer -> timer.creationStack();
                };
        return new ExceptionContext(message, exception, future, task, about, made);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(message);
        if (task != null) {
            text.append("\ntask: ").append(task);
        }
        if (future != null) {
            text.append("\nfuture: ").append(future);
        }
        if (handle != null) {
            text.append("\nhandle: ").append(handle);
        }
        return text.toString();
    }
}
