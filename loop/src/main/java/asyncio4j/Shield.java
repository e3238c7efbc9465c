package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * {@link Asyncio#shield}: a future that can be cancelled without cancelling what it stands for.
 * Once it is cancelled it waits for nothing any longer; if the inner one fails after that, the
 * exception handler is told, once however many such futures there were.
 */
final class Shield {

    private Shield() {}

    /** The outer future of {@code inner}; {@code inner} itself if it is done. The loop's thread. */
    static <T extends @Nullable Object> AsyncFuture<T> shield(AsyncFuture<T> inner) {
        if (inner.done()) {
            return inner;
        }
        AsyncFuture<T> outer = new StandIn<>(inner.loop(), () -> List.of(inner));
        LightCallback innerDone =
                new LightCallback() {
                    @Override
                    public void run() {
                        copy(inner, outer);
                    }
                };
        inner.add(innerDone);
        outer.add(
                new LightCallback() {
                    @Override
                    public void run() {
                        if (!inner.done()) {
                            inner.remove(innerDone);
                            LateReport report = new LateReport(inner);
                            inner.remove(report); // an earlier one, which equals it
                            inner.add(report);
                        }
                    }
                });
        return outer;
    }

    private static <T extends @Nullable Object> void copy(
            AsyncFuture<T> inner, AsyncFuture<T> outer) {
        if (outer.done()) {
            return; // in the same iteration; an error of the inner one is still to be asked for
        }
        Throwable error = inner.peekException();
        if (inner.cancelled()) {
            outer.cancel();
        } else if (error != null) {
            inner.retrieved();
            outer.setException(error);
        } else {
            outer.setResult(inner.value());
        }
    }

    /** Tells the exception handler if what nobody is shielded from any longer fails. */
    private static final class LateReport extends StepCallback {

        private final AsyncFuture<?> inner;

        LateReport(AsyncFuture<?> inner) {
            this.inner = inner;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof LateReport report && report.inner == inner;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(inner);
        }

        @Override
        public boolean light() {
            return inner.peekException() == null;
        }

        @Override
        public void run() {
            Throwable error = inner.peekException();
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
        }
    }
}
