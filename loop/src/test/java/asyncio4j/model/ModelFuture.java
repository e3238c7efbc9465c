package asyncio4j.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** asyncio.Future. */
class ModelFuture {

    enum State {
        PENDING,
        CANCELLED,
        FINISHED
    }

    final ModelLoop loop;

    /** Of the cancel that it ended with, or, in a task, of the one that is to come. */
    String cancelMessage;

    /** The error with which a task's body ended, for the first who asks. */
    ModelError cancelledError;

    private State state = State.PENDING;

    private Object value;

    private ModelError error;

    /** Nobody has asked for the error yet. */
    private boolean unretrieved;

    private final List<Consumer<ModelFuture>> callbacks = new ArrayList<>();

    ModelFuture(ModelLoop loop) {
        this.loop = loop;
    }

    boolean done() {
        return state != State.PENDING;
    }

    boolean cancelled() {
        return state == State.CANCELLED;
    }

    boolean unretrieved() {
        return unretrieved;
    }

    boolean cancel(String message) {
        return cancelFuture(message);
    }

    /** Future.cancel, which Task's overrides. */
    final boolean cancelFuture(String message) {
        unretrieved = false;
        if (done()) {
            return false;
        }
        cancelMessage = message;
        end(State.CANCELLED);
        return true;
    }

    void setResult(Object result) {
        checkPending();
        value = result;
        end(State.FINISHED);
    }

    void setException(ModelError exception) {
        checkPending();
        error = exception;
        unretrieved = true;
        loop.failed.add(this);
        end(State.FINISHED);
    }

    private void checkPending() {
        if (done()) {
            throw ModelError.of(ModelError.INVALID_STATE);
        }
    }

    private void end(State end) {
        state = end;
        List<Consumer<ModelFuture>> all = new ArrayList<>(callbacks);
        callbacks.clear();
        if (loop.has(Flaw.CALLBACKS_REVERSED)) {
            Collections.reverse(all);
        }
        for (Consumer<ModelFuture> callback : all) {
            loop.callSoon(() -> callback.accept(this));
        }
    }

    void addDoneCallback(Consumer<ModelFuture> callback) {
        if (done()) {
            loop.callSoon(() -> callback.accept(this));
        } else {
            callbacks.add(callback);
        }
    }

    void removeDoneCallback(Consumer<ModelFuture> callback) {
        callbacks.removeIf(c -> c == callback);
    }

    /** The error is the first one's who asks, with its message. */
    ModelError makeCancelledError() {
        if (cancelledError != null) {
            ModelError made = cancelledError;
            if (!loop.has(Flaw.MESSAGE_STAYS)) {
                cancelledError = null;
            }
            return made;
        }
        return ModelError.of(ModelError.CANCELLED, cancelMessage);
    }

    /** result(): what it returns or raises. */
    Outcome outcome() {
        if (cancelled()) {
            return Outcome.failed(makeCancelledError());
        }
        if (!done()) {
            throw ModelError.of(ModelError.INVALID_STATE);
        }
        unretrieved = false;
        return new Outcome(value, error);
    }

    /** exception(), of one that isn't cancelled. */
    ModelError exception() {
        return outcome().error();
    }

    /** exception(), without having asked. */
    ModelError peekException() {
        return error;
    }
}
