package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

/**
 * A user's callback and the context to run it in: what both kinds of handles hold.
 *
 * <p>{@code action} is written by the baton holder and, to cancel, by any thread; the rest never
 * changes.
 */
final class Callback {

    private final DefaultEventLoop loop;

    private final Context context;

    /** What it has in the thread's thread-locals, from who made it; see {@link Carried}. */
    private final @Nullable Object carried;

    /** Where the handle was made; in debug mode only. */
    private final @Nullable Throwable creationStack;

    /** Null once cancelled. */
    private volatile @Nullable Runnable action;

    /** For messages: cancelling drops the action, but not its name. */
    private final String name;

    Callback(DefaultEventLoop loop, Runnable action, @Nullable Context context) {
        this(loop, action, context, Carried.capture(loop));
    }

    Callback(
            DefaultEventLoop loop,
            Runnable action,
            @Nullable Context context,
            @Nullable Object carried) {
        this.loop = loop;
        this.action = action;
        this.carried = carried;
        this.context = context == null ? Context.copyContext() : context;
        this.creationStack =
                loop.getDebug() ? new CreationStack("the callback was registered here") : null;
        this.name = action.getClass().getName();
    }

    void cancel() {
        action = null;
    }

    boolean cancelled() {
        return action == null;
    }

    Context context() {
        return context;
    }

    @Nullable Throwable creationStack() {
        return creationStack;
    }

    /**
     * Runs the callback in its context; its errors go to the loop's exception handler. On a pump.
     */
    void run(Handle handle) {
        Runnable todo = action;
        if (todo == null) {
            return;
        }
        Fiber fiber = DefaultEventLoop.currentFiber();
        ThreadLocals.Scope scope = Carried.open(loop, carried);
        fiber.context(context);
        try {
            todo.run();
        } catch (KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable e) {
            loop.report(ExceptionContext.of("Exception in callback " + name, e).handle(handle));
        } finally {
            fiber.context(null);
            Carried.close(scope);
        }
    }

    @Override
    public String toString() {
        return name + (cancelled() ? ", cancelled" : "") + FutureText.created(creationStack);
    }
}
