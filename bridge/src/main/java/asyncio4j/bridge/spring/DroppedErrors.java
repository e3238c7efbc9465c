package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.util.DisconnectedClientHelper;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Reactor's hook for errors that nobody is there for, in one request. When a client hangs up, the
 * request's body fails or is found empty, and the request is cancelled; often such an error finds
 * that nobody waits any more. What says no more than that the client is gone, or that the rest of
 * its request is missing, is logged at DEBUG then; everything else goes where it would go without
 * this. Any thread.
 */
final class DroppedErrors implements Consumer<Throwable> {

    /** Reactor's own, which isn't public. */
    private static final String KEY = "reactor.onErrorDropped.local";

    private static final System.Logger LOG = System.getLogger("asyncio4j");

    /** The request's name. */
    private final String request;

    private final @Nullable Consumer<? super Throwable> next;

    private volatile boolean cancelled;

    private DroppedErrors(String request, @Nullable Consumer<? super Throwable> next) {
        this.request = request;
        this.next = next;
    }

    /** One on top of what the request's Context has. */
    static DroppedErrors of(String request, ContextView context) {
        return new DroppedErrors(request, context.getOrDefault(KEY, null));
    }

    /** {@code context} with this in it. */
    Context in(Context context) {
        return context.put(KEY, this);
    }

    /** The request is cancelled, as it is when its client leaves. */
    void cancelled() {
        cancelled = true;
    }

    @Override
    public void accept(Throwable error) {
        if (cancelled && isOfTheClient(error)) {
            LOG.log(Level.DEBUG, () -> "the client of " + request + " is gone", error);
        } else if (next == null) {
            Operators.onErrorDropped(error, Context.empty());
        } else {
            next.accept(error);
        }
    }

    /** What Spring itself would answer by a 400, or not at all. */
    private static boolean isOfTheClient(Throwable error) {
        return error instanceof ServerWebInputException
                || DisconnectedClientHelper.isClientDisconnectedException(error);
    }

    @Override
    public String toString() {
        return "DroppedErrors[" + request + "]";
    }
}
