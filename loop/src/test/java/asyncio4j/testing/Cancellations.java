package asyncio4j.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.Asyncio;
import asyncio4j.CancelledError;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** What tests of cancellation do and ask again and again. */
public final class Cancellations {

    private Cancellations() {}

    /** Lets everything that is ready have its turn. */
    public static void turn() {
        Asyncio.await(Asyncio.sleep(Duration.ZERO));
    }

    /** That {@code call} throws a CancelledError with this message. */
    public static void assertCancelled(ThrowingCallable call, @Nullable String message) {
        assertThatThrownBy(call).isInstanceOf(CancelledError.class).hasMessage(message);
    }
}
