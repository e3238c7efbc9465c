package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The generators of a loop that were begun and haven't ended. Baton holder only. */
final class AsyncGenerators {

    static final String CLOSING_FAILED =
            "an error occurred during closing of asynchronous generator ";

    private final DefaultEventLoop loop;

    /** Those that a shutdown has to close, oldest first. */
    private final Set<AsyncGenerator<?>> open = new LinkedHashSet<>();

    /** Those that a shutdown has tried to close. */
    private final Set<AsyncGenerator<?>> shutDown = new LinkedHashSet<>();

    private boolean shutdownCalled;

    AsyncGenerators(DefaultEventLoop loop) {
        this.loop = loop;
    }

    void add(AsyncGenerator<?> generator) {
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

    void remove(AsyncGenerator<?> generator) {
        if (!open.remove(generator)) {
            shutDown.remove(generator);
        }
    }

    /** Closes all at the same time; their errors go to the exception handler. */
    Coroutine<@Nullable Void> shutdown() {
        return Coroutine.of(() -> {
            shutdownCalled = true;
            List<AsyncGenerator<?>> closing = new ArrayList<>(open);
            shutDown.addAll(open);
            open.clear();
            List<Coroutine<@Nullable Void>> closes = new ArrayList<>(closing.size());
            for (AsyncGenerator<?> generator : closing) {
                closes.add(generator.aclose());
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
        List<AsyncGenerator<?>> left = new ArrayList<>(open);
        left.addAll(shutDown);
        for (AsyncGenerator<?> generator : left) {
            generator.unwind();
        }
    }
}
