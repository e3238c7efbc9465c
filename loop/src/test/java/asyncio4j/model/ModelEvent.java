package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** asyncio.Event. */
final class ModelEvent {

    private final ModelLoop loop;

    private boolean value;

    private final List<ModelFuture> waiters = new ArrayList<>();

    ModelEvent(ModelLoop loop) {
        this.loop = loop;
    }

    void set() {
        if (!value) {
            value = true;
            for (ModelFuture waiter : waiters) {
                if (!waiter.done()) {
                    waiter.setResult(true);
                }
            }
        }
    }

    void clear() {
        value = false;
    }

    Co await() {
        return Co.lazy(() -> {
            if (value) {
                return Co.NOTHING;
            }
            ModelFuture waiter = new ModelFuture(loop);
            waiters.add(waiter);
            return Co.await(waiter).andFinally(() -> Co.plain(() -> waiters.remove(waiter)));
        });
    }
}
