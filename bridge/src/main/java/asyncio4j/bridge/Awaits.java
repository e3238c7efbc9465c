package asyncio4j.bridge;

import asyncio4j.CancelledError;
import asyncio4j.GeneratorExit;
import asyncio4j.KeyboardInterrupt;
import asyncio4j.SystemExit;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import reactor.core.Exceptions;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.concurrent.Callable;

/** What all awaits of publishers share. */
final class Awaits {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private Awaits() {}

    /**
     * Whether {@code publisher} is one of Reactor's whose value can be had by a call, without a
     * subscription.
     */
    static boolean isCallable(Publisher<?> publisher) {
        return publisher instanceof Callable
                && (publisher instanceof Mono || publisher instanceof Flux);
    }

    /**
     * The value of such a publisher; null if it is empty. What a user's code throws in it is thrown
     * as it is: it has the caller's stack already.
     */
    @SuppressWarnings("unchecked") // a Mono or Flux that is a Callable returns its own elements
    static <T> @Nullable T call(Publisher<? extends T> publisher) {
        try {
            return ((Callable<@Nullable T>) publisher).call();
        } catch (Throwable e) {
            if (publisher instanceof Fuseable.ScalarCallable) {
                throw rethrow(e);
            }
            throw ACCESS.raise(Exceptions.unwrap(e));
        }
    }

    /**
     * Throws the error of a publisher: itself, out of the wrapper that Reactor puts around checked
     * ones.
     */
    static RuntimeException rethrow(Throwable failure) {
        Throwable error = Exceptions.unwrap(failure);
        if (error != Exceptions.failWithRejected()
                && error != Exceptions.failWithRejectedNotTimeCapable()) {
            ACCESS.addAwaitSite(error); // but not to Reactor's constants, which everybody shares
        }
        throw ACCESS.raise(error);
    }

    /**
     * What is thrown through a publisher's code as it is: the ends of tasks and programs, and what
     * Reactor lets by.
     */
    static boolean isBeyondSignals(Throwable e) {
        return e instanceof CancelledError
                || e instanceof GeneratorExit
                || e instanceof KeyboardInterrupt
                || e instanceof SystemExit
                || Exceptions.isFatal(e);
    }
}
