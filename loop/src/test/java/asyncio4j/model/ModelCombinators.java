package asyncio4j.model;

import java.util.function.Consumer;

/** asyncio.sleep, shield and wait_for. */
final class ModelCombinators {

    private final ModelLoop loop;

    private final Consumer<ModelFuture> lateReport = this::reportLate;

    ModelCombinators(ModelLoop loop) {
        this.loop = loop;
    }

    Co sleep(int ticks) {
        if (ticks <= 0) {
            return new Co.Suspend(null);
        }
        return Co.lazy(() -> {
            ModelFuture future = new ModelFuture(loop);
            ModelLoop.Handle timer =
                    loop.callLater(
                            ticks,
                            () -> {
                                if (!future.cancelled()) {
                                    future.setResult(null);
                                }
                            });
            return Co.await(future).andFinally(() -> Co.plain(timer::cancel));
        });
    }

    /** As in CPython 3.14, where the loop is told, once, of an error that comes after a cancel. */
    ModelFuture shield(ModelFuture inner) {
        if (inner.done()) {
            return inner;
        }
        ModelFuture outer = new ModelFuture(loop);
        Consumer<ModelFuture> innerDone =
                _ -> {
                    if (outer.cancelled()) {
                        return;
                    }
                    if (inner.cancelled()) {
                        outer.cancel(null);
                    } else if (inner.exception() != null) {
                        outer.setException(inner.exception());
                    } else {
                        outer.setResult(inner.outcome().value());
                    }
                };
        inner.addDoneCallback(innerDone);
        outer.addDoneCallback(_ -> {
            if (!inner.done()) {
                inner.removeDoneCallback(innerDone);
                inner.removeDoneCallback(lateReport);
                inner.addDoneCallback(lateReport);
            }
        });
        return outer;
    }

    private void reportLate(ModelFuture inner) {
        if (!inner.cancelled() && inner.exception() != null) {
            loop.reports.report("shield", inner.exception());
        }
    }

    /** wait_for with a coroutine, which becomes a task only if there is no time for it. */
    Co waitFor(Co body, int ticks) {
        return ticks > 0
                ? new ModelTimeout(loop, ticks).block(body)
                : waitForNothing(ModelTask.create(loop, body));
    }

    Co waitFor(ModelFuture future, int ticks) {
        return ticks > 0
                ? new ModelTimeout(loop, ticks).block(Co.await(future))
                : waitForNothing(future);
    }

    private Co waitForNothing(ModelFuture future) {
        if (future.done()) {
            return new Co.Done(future.outcome());
        }
        ModelFuture waiter = new ModelFuture(loop);
        Consumer<ModelFuture> release =
                _ -> {
                    if (!waiter.done()) {
                        waiter.setResult(null);
                    }
                };
        future.addDoneCallback(release);
        future.cancel(null);
        return Co.await(waiter)
                .andFinally(() -> Co.plain(() -> future.removeDoneCallback(release)))
                .then(_ -> {
                    Outcome outcome = future.outcome();
                    return new Co.Done(
                            outcome.isCancelled()
                                    ? Outcome.failed(ModelError.of(ModelError.TIMEOUT))
                                    : outcome);
                });
    }
}
