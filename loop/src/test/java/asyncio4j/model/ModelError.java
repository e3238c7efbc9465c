package asyncio4j.model;

import java.util.List;
import java.util.stream.Collectors;

/** An exception of the model, by the name that Python gives to its class. */
@SuppressWarnings("serial") // never serialized
final class ModelError extends RuntimeException {

    static final String CANCELLED = "CancelledError";

    static final String BOOM = "Boom";

    static final String GENERATOR_EXIT = "GeneratorExit";

    static final String STOP_ASYNC_ITERATION = "StopAsyncIteration";

    static final String RUNTIME_ERROR = "RuntimeError";

    static final String INVALID_STATE = "InvalidStateError";

    static final String TIMEOUT = "TimeoutError";

    static final String VALUE_ERROR = "ValueError";

    static final String QUEUE_EMPTY = "QueueEmpty";

    static final String QUEUE_FULL = "QueueFull";

    static final String QUEUE_SHUT_DOWN = "QueueShutDown";

    static final String GROUP = "ExceptionGroup";

    private final String kind;

    private final String text;

    /** Of a group. */
    private final List<ModelError> members;

    private ModelError(String kind, String text, List<ModelError> members) {
        super(kind, null, false, false);
        this.kind = kind;
        this.text = text;
        this.members = members;
    }

    static ModelError of(String kind) {
        return new ModelError(kind, null, List.of());
    }

    static ModelError of(String kind, String message) {
        return new ModelError(kind, message, List.of());
    }

    static ModelError group(List<ModelError> members) {
        return new ModelError(GROUP, null, List.copyOf(members));
    }

    boolean is(String which) {
        return kind.equals(which);
    }

    /** Whether {@code except Exception} catches it. */
    boolean isException() {
        return !is(CANCELLED) && !is(GENERATOR_EXIT);
    }

    /** The messages of those are a program's own; others are spelt differently in Java. */
    @Override
    public String getMessage() {
        if (is(GROUP)) {
            return members.stream()
                    .map(ModelError::toString)
                    .collect(Collectors.joining(", ", GROUP + "[", "]"));
        }
        return text == null ? kind : kind + "('" + text + "')";
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
