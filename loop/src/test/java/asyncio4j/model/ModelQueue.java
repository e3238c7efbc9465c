package asyncio4j.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** asyncio.Queue. */
final class ModelQueue {

    private final ModelLoop loop;

    private final int maxsize;

    private final Deque<Object> items = new ArrayDeque<>();

    private final List<ModelFuture> getters = new ArrayList<>();

    private final List<ModelFuture> putters = new ArrayList<>();

    private int unfinished;

    private final ModelEvent finished;

    private boolean shutDown;

    ModelQueue(ModelLoop loop, int maxsize) {
        this.loop = loop;
        this.maxsize = maxsize;
        this.finished = new ModelEvent(loop);
        finished.set();
    }

    private boolean full() {
        return items.size() >= maxsize;
    }

    Co put(Object item) {
        return Co.lazy(() -> {
            if (!full()) {
                putNowait(item);
                return Co.NOTHING;
            }
            if (shutDown) {
                throw ModelError.of(ModelError.QUEUE_SHUT_DOWN);
            }
            return queueUp(putters).handle(o -> o.isFailure() ? new Co.Done(o) : put(item));
        });
    }

    void putNowait(Object item) {
        if (shutDown) {
            throw ModelError.of(ModelError.QUEUE_SHUT_DOWN);
        }
        if (full()) {
            throw ModelError.of(ModelError.QUEUE_FULL);
        }
        items.add(item);
        unfinished++;
        finished.clear();
        wakeUpNext(getters);
    }

    Co get() {
        return Co.lazy(() -> {
            if (!items.isEmpty()) {
                return Co.value(getNowait());
            }
            if (shutDown) {
                throw ModelError.of(ModelError.QUEUE_SHUT_DOWN);
            }
            return queueUp(getters).handle(o -> o.isFailure() ? new Co.Done(o) : get());
        });
    }

    Object getNowait() {
        if (items.isEmpty()) {
            throw ModelError.of(shutDown ? ModelError.QUEUE_SHUT_DOWN : ModelError.QUEUE_EMPTY);
        }
        Object item = items.poll();
        wakeUpNext(putters);
        return item;
    }

    /** Waits to be woken; one that can't take the call passes it on. */
    private Co queueUp(List<ModelFuture> line) {
        ModelFuture waiter = new ModelFuture(loop);
        line.add(waiter);
        return Co.await(waiter)
                .handle(o -> {
                    if (o.isFailure()) {
                        waiter.cancel(null);
                        line.remove(waiter);
                        boolean possible = line == putters ? !full() : !items.isEmpty();
                        if (possible && !waiter.cancelled()) {
                            wakeUpNext(line);
                        }
                    }
                    return new Co.Done(o);
                });
    }

    private static void wakeUpNext(List<ModelFuture> line) {
        while (!line.isEmpty()) {
            ModelFuture waiter = line.removeFirst();
            if (!waiter.done()) {
                waiter.setResult(null);
                return;
            }
        }
    }

    void taskDone() {
        if (unfinished <= 0) {
            throw ModelError.of(ModelError.VALUE_ERROR);
        }
        unfinished--;
        if (unfinished == 0) {
            finished.set();
        }
    }

    Co join() {
        return Co.lazy(() -> unfinished > 0 ? finished.await() : Co.NOTHING);
    }

    void shutDown(boolean immediate) {
        shutDown = true;
        if (immediate) {
            while (!items.isEmpty()) {
                items.poll();
                if (unfinished > 0) {
                    unfinished--;
                }
            }
            if (unfinished == 0) {
                finished.set();
            }
        }
        for (List<ModelFuture> line : List.of(getters, putters)) {
            while (!line.isEmpty()) {
                wakeUpNext(line);
            }
        }
    }
}
