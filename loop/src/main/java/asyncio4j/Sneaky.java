package asyncio4j;

import org.jspecify.annotations.Nullable;

/** Throws exceptions as they are, checked ones undeclared. */
final class Sneaky {

    private Sneaky() {}

    /**
     * Throws {@code error}; declared to return so that callers can write {@code throw raise(e)}.
     */
    static RuntimeException raise(Throwable error) {
        Sneaky.<RuntimeException>hurl(error);
        throw new AssertionError(error);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: that is the trick
    private static <E extends Throwable> void hurl(@Nullable Throwable error) throws E {
        throw (E) error;
    }
}
