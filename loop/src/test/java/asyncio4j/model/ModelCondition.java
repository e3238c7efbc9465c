package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** asyncio.Condition, used inside of its lock only. */
final class ModelCondition {

    private final ModelLoop loop;

    private final ModelLock lock;

    private final List<ModelFuture> waiters = new ArrayList<>();

    ModelCondition(ModelLoop loop) {
        this.loop = loop;
        this.lock = new ModelLock(loop);
    }

    /** {@code async with condition: await condition.wait()}. */
    Co waitOnce(Runnable held) {
        return lock.block(
                Co.lazy(() -> {
                    held.run();
                    return await();
                }));
    }

    /** {@code async with condition: condition.notify(n)}. */
    Co notifyOnce(int n) {
        return lock.block(Co.plain(() -> signal(n)));
    }

    private Co await() {
        ModelFuture waiter = new ModelFuture(loop);
        lock.release();
        waiters.add(waiter);
        return Co.await(waiter)
                .andFinally(() -> Co.plain(() -> waiters.remove(waiter)))
                .andFinally(() -> acquireAgain(null))
                .handle(o -> {
                    if (o.isFailure()) {
                        signal(1);
                    }
                    return new Co.Done(o);
                });
    }

    private Co acquireAgain(ModelError cancelled) {
        return lock.acquire()
                .handle(o -> {
                    if (o.isCancelled()) {
                        return acquireAgain(o.error());
                    }
                    return cancelled == null || o.isFailure()
                            ? new Co.Done(o)
                            : new Co.Done(Outcome.failed(cancelled));
                });
    }

    private void signal(int n) {
        int woken = 0;
        for (ModelFuture waiter : waiters) {
            if (woken < n && !waiter.done()) {
                woken++;
                waiter.setResult(false);
            }
        }
    }
}
