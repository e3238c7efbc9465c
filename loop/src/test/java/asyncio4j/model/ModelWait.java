package asyncio4j.model;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** asyncio.wait, up to the wake-up; what is done then is for the caller to see. */
final class ModelWait {

    private final ModelLoop loop;

    private final Set<ModelFuture> futures;

    private final Step.Until until;

    private final ModelFuture waiter;

    /** Null without a timeout. */
    private ModelLoop.Handle timer;

    private int left;

    ModelWait(ModelLoop loop, Iterable<ModelFuture> futures, Step.Until until) {
        this.loop = loop;
        this.futures = new LinkedHashSet<>();
        futures.forEach(this.futures::add);
        this.until = until;
        this.waiter = new ModelFuture(loop);
        this.left = this.futures.size();
    }

    /** Waits; with negative ticks for as long as it takes. */
    Co run(int ticks) {
        if (ticks >= 0) {
            timer = loop.callLater(ticks, this::release);
        }
        Consumer<ModelFuture> callback = this::completed;
        futures.forEach(future -> future.addDoneCallback(callback));
        return Co.await(waiter)
                .andFinally(() ->
                        Co.plain(() -> {
                            cancelTimer();
                            futures.forEach(future -> future.removeDoneCallback(callback));
                        }));
    }

    private void completed(ModelFuture future) {
        left--;
        if (left <= 0
                || until == Step.Until.FIRST_COMPLETED
                || (until == Step.Until.FIRST_EXCEPTION
                        && !future.cancelled()
                        // in Python this counts as having asked, or not, as the order of a set
                        // has it; in the library it never does
                        && future.peekException() != null)) {
            cancelTimer();
            release();
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private void release() {
        if (!waiter.done()) {
            waiter.setResult(null);
        }
    }
}
