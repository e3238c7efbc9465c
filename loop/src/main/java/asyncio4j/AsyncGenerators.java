package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The generators of a loop that were begun and haven't ended, without what users hold of them. What
 * asyncio's loop does by {@code sys.set_asyncgen_hooks}. Baton holder only.
 */
final class AsyncGenerators {

    static final String CLOSING_FAILED =
            "an error occurred during closing of asynchronous generator ";

    private final DefaultEventLoop loop;

    /** Those that a shutdown has to close, oldest first. */
    private final Set<GeneratorState<?>> open = new LinkedHashSet<>();

    /** Those that a shutdown has tried to close. */
    private final Set<GeneratorState<?>> shutDown = new LinkedHashSet<>();

    private boolean shutdownCalled;

    private AsyncGeneratorHooks hooks = AsyncGeneratorHooks.NONE;

    AsyncGenerators(DefaultEventLoop loop) {
        this.loop = loop;
    }

    AsyncGeneratorHooks hooks() {
        return hooks;
    }

    void hooks(AsyncGeneratorHooks newHooks) {
        hooks = newHooks;
    }

    /** The generator is about to begin. */
    void announce(AsyncGenerator<?> generator) {
        if (hooks.firstIter() != null) {
            hooks.firstIter().accept(generator);
        }
    }

    void add(GeneratorState<?> generator) {
        if (shutdownCalled) {
            LoopReports.LOG.log(
                    System.Logger.Level.WARNING,
                    "asynchronous generator "
                            + generator
                            + " was begun after loop.shutdownAsyncGenerators(): close it yourself,"
                            + " nobody else will");
        }
        open.add(generator);
    }

    void remove(GeneratorState<?> generator) {
        if (!open.remove(generator)) {
            shutDown.remove(generator);
        }
    }

    /** Closes all at the same time; their errors go to the exception handler. */
    Coroutine<@Nullable Void> shutdown() {
        return Coroutine.of(() -> {
            shutdownCalled = true;
            List<GeneratorState<?>> closing = new ArrayList<>(open);
            shutDown.addAll(open);
            open.clear();
            List<Coroutine<@Nullable Void>> closes = new ArrayList<>(closing.size());
            for (GeneratorState<?> generator : closing) {
                closes.add(Coroutine.of(generator::closeAtShutdown));
            }
            List<@Nullable Object> results = Asyncio.await(Asyncio.gatherReturnExceptions(closes));
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof Throwable error
                        && !(error instanceof CancelledError)) {
                    loop.report(ExceptionContext.of(CLOSING_FAILED + closing.get(i), error));
                }
            }
        });
    }

    /** The loop is gone: ends those that are suspended at a yield. Called while it doesn't run. */
    void unwind() {
        List<GeneratorState<?>> left = new ArrayList<>(open);
        left.addAll(shutDown);
        for (GeneratorState<?> generator : left) {
            generator.unwind();
        }
    }
}
