package asyncio4j.testing;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.ExceptionGroup;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/** Coroutines that fail, and what comes of them in groups. */
public final class Failing {

    private static final Duration HOUR = Duration.ofHours(1);

    private Failing() {}

    /** Throws {@code error} after a while. */
    public static Coroutine<@Nullable Void> after(Duration delay, Throwable error) {
        return () -> {
            Asyncio.await(Asyncio.sleep(delay));
            throw raise(error);
        };
    }

    /** Waits for long, and throws {@code error} once it is cancelled. */
    public static Coroutine<@Nullable Void> whenCancelled(Throwable error) {
        return () -> {
            try {
                Asyncio.await(Asyncio.sleep(HOUR));
            } catch (asyncio4j.CancelledError e) {
                throw raise(error);
            }
            return null;
        };
    }

    /** Throws what it is given, checked or not. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: that is the trick
    public static <E extends Throwable> RuntimeException raise(Throwable error) throws E {
        throw (E) error;
    }

    /** The members of the group that {@code call} throws. */
    public static List<Throwable> failures(ThrowingCallable call) {
        return catchThrowableOfType(ExceptionGroup.class, call).exceptions();
    }
}
