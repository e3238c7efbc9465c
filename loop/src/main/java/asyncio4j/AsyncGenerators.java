package asyncio4j;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The generators of a loop that were begun and haven't ended. Baton holder only. */
final class AsyncGenerators {

    private final DefaultEventLoop loop;

    private final Set<AsyncGenerator<?>> open = new LinkedHashSet<>();

    private boolean shutdownCalled;

    AsyncGenerators(DefaultEventLoop loop) {
        this.loop = loop;
    }

    void add(AsyncGenerator<?> generator) {
        if (shutdownCalled) {
            LoopReports.LOG.log(
                    System.Logger.Level.WARNING,
                    "asynchronous generator " + generator
                            + " was begun after loop.shutdownAsyncGenerators(): nobody will close it");
        }
        open.add(generator);
    }

    void remove(AsyncGenerator<?> generator) {
        open.remove(generator);
    }

    List<AsyncGenerator<?>> open() {
        return new ArrayList<>(open);
    }

    /** Closes all at the same time; their errors go to the exception handler. */
    Coroutine<@Nullable Void> shutdown() {
        return Coroutine.of(() -> {
            shutdownCalled = true;
            List<AsyncGenerator<?>> closing = open();
            List<Coroutine<@Nullable Void>> closes = new ArrayList<>();
            for (AsyncGenerator<?> generator : closing) {
                closes.add(generator.aclose());
            }
            List<@Nullable Object> results = Asyncio.await(Asyncio.gatherReturnExceptions(closes));
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof Throwable error) {
                    loop.callExceptionHandler(ExceptionContext.of(
                            "an error occurred during closing of asynchronous generator " + closing.get(i), error));
                }
            }
        });
    }
}
