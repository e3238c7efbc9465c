package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** asyncio.Semaphore. */
final class ModelSemaphore {

    private final ModelLoop loop;

    private int permits;

    private final List<ModelFuture> waiters = new ArrayList<>();

    ModelSemaphore(ModelLoop loop, int permits) {
        this.loop = loop;
        this.permits = permits;
    }

    private boolean locked() {
        return permits == 0 || waiters.stream().anyMatch(w -> !w.cancelled());
    }

    Co acquire() {
        if (!locked()) {
            permits--;
            return Co.NOTHING;
        }
        ModelFuture waiter = new ModelFuture(loop);
        waiters.add(waiter);
        return Co.await(waiter)
                .andFinally(() -> Co.plain(() -> waiters.remove(waiter)))
                .onCancelled(() -> {
                    if (waiter.done() && !waiter.cancelled() && !loop.has(Flaw.PERMIT_LOST)) {
                        permits++;
                    }
                })
                .andFinally(() ->
                        Co.plain(() -> {
                            while (permits > 0 && wakeUpNext()) {}
                        }));
    }

    void release() {
        permits++;
        wakeUpNext();
    }

    private boolean wakeUpNext() {
        for (ModelFuture waiter : waiters) {
            if (!waiter.done()) {
                permits--;
                waiter.setResult(true);
                return true;
            }
        }
        return false;
    }
}
