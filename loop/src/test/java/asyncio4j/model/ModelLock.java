package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** asyncio.Lock. */
final class ModelLock {

    private final ModelLoop loop;

    private boolean locked;

    private final List<ModelFuture> waiters = new ArrayList<>();

    ModelLock(ModelLoop loop) {
        this.loop = loop;
    }

    /** {@code async with lock: body}. */
    Co block(Co body) {
        return acquire().then(_ -> body.andFinally(() -> Co.plain(this::release)));
    }

    Co acquire() {
        return Co.lazy(() -> {
            if (!locked && waiters.stream().allMatch(ModelFuture::cancelled)) {
                locked = true;
                return Co.NOTHING;
            }
            ModelFuture waiter = new ModelFuture(loop);
            waiters.add(waiter);
            return Co.await(waiter)
                    .andFinally(() -> Co.plain(() -> waiters.remove(waiter)))
                    .onCancelled(() -> {
                        if (!locked && !loop.has(Flaw.LOCK_WAKEUP_LOST)) {
                            wakeUpFirst();
                        }
                    })
                    .then(_ -> Co.plain(() -> locked = true));
        });
    }

    void release() {
        if (!locked) {
            throw ModelError.of(ModelError.RUNTIME_ERROR);
        }
        locked = false;
        wakeUpFirst();
    }

    private void wakeUpFirst() {
        if (!waiters.isEmpty() && !waiters.getFirst().done()) {
            waiters.getFirst().setResult(true);
        }
    }
}
