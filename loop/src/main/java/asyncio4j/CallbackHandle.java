package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

/** The handle of a callback that is ready at once. */
final class CallbackHandle extends Step implements Handle {

    private final Callback callback;

    CallbackHandle(DefaultEventLoop loop, Runnable action, @Nullable Context context) {
        callback = new Callback(loop, action, context);
    }

    CallbackHandle(
            DefaultEventLoop loop, Runnable action, Context context, @Nullable Object carried) {
        callback = new Callback(loop, action, context, carried);
    }

    /** The stack of whoever made this; in debug mode only. */
    @Nullable Throwable creationStack() {
        return callback.creationStack();
    }

    @Override
    public void cancel() {
        callback.cancel();
    }

    @Override
    public boolean cancelled() {
        return callback.cancelled();
    }

    @Override
    public Context context() {
        return callback.context();
    }

    /** A cancelled one is only skipped, which any baton holder can do. */
    @Override
    public boolean light() {
        return callback.cancelled();
    }

    @Override
    public void run() {
        callback.run(this);
    }

    @Override
    public String toString() {
        return "Handle[" + callback + "]";
    }
}
