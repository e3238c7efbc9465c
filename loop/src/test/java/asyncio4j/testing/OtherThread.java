package asyncio4j.testing;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs code on a thread that is no loop's, and waits for it. */
public final class OtherThread {

    private OtherThread() {}

    /** Code that may throw anything. */
    @FunctionalInterface
    public interface Action {
        void run() throws Throwable;
    }

    /** The result of {@code body}; what it throws is wrapped in a {@link CompletionException}. */
    public static <T> T call(Callable<T> body) {
        return start(body).join();
    }

    /** Has {@code action} run, and waits for its end. */
    public static void run(Action action) {
        Throwable error = failureOf(action);
        if (error != null) {
            throw new CompletionException(error);
        }
    }

    /** What {@code action} throws there, or null. */
    public static @Nullable Throwable failureOf(Action action) {
        return OtherThread.<@Nullable Throwable>call(() -> {
            try {
                action.run();
                return null;
            } catch (Throwable error) { // whatever it is, it is what the test is about
                return error;
            }
        });
    }

    /** Starts {@code body} and doesn't wait for it. */
    public static <T> CompletableFuture<T> start(Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                result.complete(body.call());
                            } catch (Throwable error) { // handed on
                                result.completeExceptionally(error);
                            }
                        },
                        "other");
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
