package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** Runner.close. */
final class ModelClose {

    /** Later than any program ends. */
    private static final int REPORT_AFTER = 10_000;

    private final ModelLoop loop;

    private final ModelCombinators combinators;

    ModelClose(ModelLoop loop, ModelCombinators combinators) {
        this.loop = loop;
        this.combinators = combinators;
    }

    void run() {
        while (cancelAllTasks()) {}
        loop.runUntilComplete(ModelTask.create(loop, shutdownGenerators()));
        loop.runUntilComplete(ModelTask.create(loop, Co.NOTHING)); // the executor, unused
    }

    /**
     * Cancels all tasks and waits for them. Python does that once, and waits for a gather alone;
     * the library until no task is left, and says from time to time which ones it waits for: see
     * docs/asyncio-to-java.md.
     */
    private boolean cancelAllTasks() {
        List<ModelFuture> pending = new ArrayList<>();
        for (ModelTask task : loop.tasks) {
            if (!task.done()) {
                pending.add(task);
            }
        }
        if (pending.isEmpty()) {
            return false;
        }
        for (ModelFuture task : pending) {
            task.cancel(null);
        }
        Co settled =
                Co.lazy(() -> {
                    ModelFuture all = ModelGather.gather(loop, pending, true);
                    return combinators.waitFor(combinators.shield(all), REPORT_AFTER);
                });
        if (loop.runUntilComplete(ModelTask.create(loop, settled)).isFailure()) {
            throw new OutOfScope("it doesn't end");
        }
        for (ModelFuture task : pending) {
            if (!task.cancelled() && task.exception() != null) {
                loop.reports.report("unhandled", task.exception());
            }
        }
        return true;
    }

    private Co shutdownGenerators() {
        return Co.lazy(() -> {
            loop.generatorsShutDown = true;
            List<ModelFuture> closing = new ArrayList<>();
            for (ModelGenerator generator : loop.generators) {
                closing.add(ModelTask.create(loop, Co.lazy(generator::aclose)));
            }
            if (closing.isEmpty()) {
                return Co.NOTHING;
            }
            return Co.await(ModelGather.gather(loop, closing, true))
                    .then(results -> {
                        for (Object result : (List<?>) results) {
                            if (result instanceof ModelError error && error.isException()) {
                                loop.reports.report("generator", error);
                            }
                        }
                        return Co.NOTHING;
                    });
        });
    }
}
