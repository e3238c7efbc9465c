package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** {@link Asyncio#shield}: a future that can be cancelled without cancelling what it stands for. */
final class Shield {

    private Shield() {}

    /** The outer future of {@code inner}; {@code inner} itself if it is done. The loop's thread. */
    static <T extends @Nullable Object> AsyncFuture<T> shield(AsyncFuture<T> inner) {
        if (inner.done()) {
            return inner;
        }
        DefaultEventLoop loop = inner.loop();
        AsyncFuture<T> outer = new StandIn<>(loop, () -> List.of(inner));
        inner.add(
                new StepCallback() {
                    // Unless it has to call the exception handler.
                    @Override
                    public boolean light() {
                        return !outer.done() || inner.peekException() == null;
                    }

                    @Override
                    public void run() {
                        innerDone(inner, outer);
                    }
                });
        return outer;
    }

    private static <T extends @Nullable Object> void innerDone(
            AsyncFuture<T> inner, AsyncFuture<T> outer) {
        Throwable error = inner.peekException();
        if (outer.done()) {
            if (error != null) {
                inner.retrieved();
                inner.loop()
                        .report(
                                ExceptionContext.of(
                                                "the outer future of shield was cancelled, and then"
                                                        + " the inner one failed",
                                                error)
                                        .future(inner));
            }
        } else if (inner.cancelled()) {
            outer.cancel();
        } else if (error != null) {
            inner.retrieved();
            outer.setException(error);
        } else {
            outer.setResult(inner.value());
        }
    }
}
