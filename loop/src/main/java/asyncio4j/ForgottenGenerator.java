package asyncio4j;

import asyncio4j.internal.fiber.Step;
import asyncio4j.internal.spi.ThreadLocals;

import org.jspecify.annotations.Nullable;

import java.lang.ref.Cleaner;

/**
 * Looks out for a generator that nobody can reach any more although it was begun and hasn't ended.
 * What the finalizer hook of {@code sys.set_asyncgen_hooks} is for.
 *
 * <p>The collector's thread only posts a step to the loop, which finds out whether there still is
 * anything to do: the generator may have been closed meanwhile, by the loop's shutdown, which in
 * turn waits for a close that has begun here. If the loop is closed there is nothing to do, as that
 * ends what is suspended.
 */
final class ForgottenGenerator {

    private final GeneratorState<?> state;

    private final DefaultEventLoop loop;

    /** The hooks of the moment in which the generator began. */
    private final AsyncGeneratorHooks hooks;

    /** There is nothing to look out for any more. Written by the baton holder, any thread reads. */
    private volatile boolean over;

    /** Baton holder only. */
    private Cleaner.@Nullable Cleanable cleanable;

    /** What closes it. Baton holder only. */
    private @Nullable Task<@Nullable Void> closing;

    ForgottenGenerator(GeneratorState<?> state, DefaultEventLoop loop) {
        this.state = state;
        this.loop = loop;
        this.hooks = loop.generators().hooks();
    }

    /** Begins to look out. Baton holder. */
    void watch(AsyncGenerator<?> handle) {
        cleanable = Janitor.CLEANER.register(handle, this::collected);
    }

    /** The body has ended. Baton holder, or whoever closes the loop. */
    void ended() {
        over = true;
        Cleaner.Cleanable registration = cleanable;
        if (registration != null) {
            registration.clean(); // finds nothing to do, and lets go of this
        }
    }

    /** The task that closes it because it was forgotten, if there is one. Baton holder. */
    @Nullable Task<@Nullable Void> closing() {
        return closing;
    }

    /** Nobody can reach the generator any more, or it has ended. Any thread. */
    void collected() {
        if (!over) {
            loop.core()
                    .post(
                            new Step() {
                                @Override
                                public void run() {
                                    found();
                                }

                                @Override
                                public String toString() {
                                    return "the close of a forgotten " + state;
                                }
                            });
        }
    }

    /** On a pump. */
    private void found() {
        if (state.closable()) {
            Context context = state.lastContext().copy();
            ThreadLocals.Scope scope = Carried.open(loop, state.lastCarried());
            try {
                context.call(() -> close(context));
            } finally {
                Carried.close(scope);
            }
        }
    }

    private void close(Context context) {
        try {
            if (hooks.finalizer() == null) {
                closeInTask(context);
            } else {
                hooks.finalizer().accept(new AsyncGenerator<>(state));
            }
        } catch (KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable e) { // the hook's, or the task factory's
            loop.report(ExceptionContext.of(AsyncGenerators.CLOSING_FAILED + state, e));
        }
    }

    private void closeInTask(Context context) {
        loop.report(
                new ExceptionContext(
                        "an "
                                + state
                                + " of "
                                + state.origin()
                                + " was forgotten before its end: it is closed now, in a task of"
                                + " its own; close it yourself, best by try (generator) { ... }",
                        null,
                        null,
                        null,
                        null,
                        state.creationStack()));
        Task<@Nullable Void> task =
                loop.facade()
                        .createTask(
                                Coroutine.of(this::closeOrReport),
                                TaskOptions.DEFAULT
                                        .context(context)
                                        .name(
                                                "close of a forgotten generator of "
                                                        + state.origin()));
        closing = task;
        task.hideDestroyPending(); // closing the loop ends the generator in any case
    }

    private void closeOrReport() {
        if (!state.closable()) {
            return; // a shutdown came first
        }
        try {
            state.close(null);
        } catch (CancelledError | GeneratorExit | KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable e) { // nobody awaits this task
            loop.report(ExceptionContext.of(AsyncGenerators.CLOSING_FAILED + state, e));
        }
    }
}
