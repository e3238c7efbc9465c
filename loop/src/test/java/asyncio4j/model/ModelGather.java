package asyncio4j.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** asyncio.gather: the future that it answers. */
final class ModelGather extends ModelFuture {

    private final List<ModelFuture> children;

    private final boolean returnExceptions;

    private final int total;

    private int finished;

    private boolean cancelRequested;

    /** Of the cancel. */
    private String requestMessage;

    private ModelGather(ModelLoop loop, List<ModelFuture> children, boolean returnExceptions) {
        super(loop);
        this.children = children;
        this.returnExceptions = returnExceptions;
        this.total = new LinkedHashSet<>(children).size();
    }

    static ModelFuture gather(
            ModelLoop loop, List<ModelFuture> children, boolean returnExceptions) {
        ModelGather outer = new ModelGather(loop, children, returnExceptions);
        if (children.isEmpty()) {
            outer.setResult(List.of());
        }
        for (ModelFuture child : new LinkedHashSet<>(children)) {
            if (!child.done()) {
                child.addDoneCallback(outer::childDone);
            }
        }
        for (ModelFuture child : new LinkedHashSet<>(children)) {
            if (child.done()) {
                outer.childDone(child);
            }
        }
        return outer;
    }

    @Override
    boolean cancel(String message) {
        if (done()) {
            return false;
        }
        boolean any = false;
        for (ModelFuture child : children) {
            any |= child.cancel(message);
        }
        if (any && !loop.has(Flaw.GATHER_FORGETS_CANCEL)) {
            cancelRequested = true;
            requestMessage = message;
        }
        return any;
    }

    private void childDone(ModelFuture child) {
        finished++;
        if (done()) {
            if (!child.cancelled()) {
                child.exception();
            }
            return;
        }
        if (!returnExceptions) {
            ModelError error = child.cancelled() ? child.makeCancelledError() : child.exception();
            if (error != null) {
                setException(error);
                return;
            }
        }
        if (finished == total) {
            List<Object> results = new ArrayList<>();
            for (ModelFuture each : children) {
                results.add(result(each));
            }
            if (cancelRequested) {
                ModelFuture last = children.getLast(); // so has Python, by accident
                // where that one wasn't cancelled, Python has no message, and the library has
                // the one of the cancel
                setException(
                        last.cancelled()
                                ? last.makeCancelledError()
                                : ModelError.of(ModelError.CANCELLED, requestMessage));
            } else {
                setResult(results);
            }
        }
    }

    private static Object result(ModelFuture child) {
        if (child.cancelled()) {
            return ModelError.of(ModelError.CANCELLED, child.cancelMessage);
        }
        Outcome outcome = child.outcome();
        return outcome.isFailure() ? outcome.error() : outcome.value();
    }
}
