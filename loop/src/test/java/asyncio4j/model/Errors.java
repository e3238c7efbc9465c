package asyncio4j.model;

import asyncio4j.CancelledError;
import asyncio4j.ExceptionGroup;
import asyncio4j.InvalidStateException;
import asyncio4j.queues.QueueEmptyException;
import asyncio4j.queues.QueueFullException;
import asyncio4j.queues.QueueShutDownException;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The library's results and exceptions, as the model writes them. */
final class Errors {

    /** What Runner.run says where the CancelledError had no message. */
    private static final String WITHOUT_MESSAGE = "the task was cancelled";

    private Errors() {}

    /** What programs throw. */
    @SuppressWarnings("serial") // never serialized
    static final class Boom extends Exception {

        Boom(String message) {
            super(message);
        }
    }

    static String show(Object value) {
        return switch (value) {
            case null -> "null";
            case List<?> list ->
                    list.stream().map(Errors::show).collect(Collectors.joining(", ", "[", "]"));
            case Boom e -> ModelError.BOOM + message(e);
            case CancelledError e -> ModelError.CANCELLED + message(e);
            case CancellationException e ->
                    ModelError.CANCELLED
                            + (WITHOUT_MESSAGE.equals(e.getMessage()) ? "" : message(e));
            case ExceptionGroup e ->
                    e.exceptions().stream()
                            .map(Errors::show)
                            .collect(Collectors.joining(", ", ModelError.GROUP + "[", "]"));
            case QueueEmptyException _ -> ModelError.QUEUE_EMPTY;
            case QueueFullException _ -> ModelError.QUEUE_FULL;
            case QueueShutDownException _ -> ModelError.QUEUE_SHUT_DOWN;
            case IllegalArgumentException _ -> ModelError.VALUE_ERROR;
            case TimeoutException _ -> ModelError.TIMEOUT;
            case InvalidStateException _ -> ModelError.INVALID_STATE;
            case IllegalStateException _ -> ModelError.RUNTIME_ERROR;
            case Throwable e -> e.getClass().getSimpleName();
            default -> value.toString();
        };
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? "" : "('" + e.getMessage() + "')";
    }
}
