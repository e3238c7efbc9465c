package asyncio4j.tck;

import org.reactivestreams.tck.TestEnvironment;

/** How long the TCK waits. */
final class Environment {

    /** Ends a hang; what has to come ends the waiting when it comes. */
    private static final long WHAT_HAS_TO_COME = 10_000;

    /** Is waited for in full, at each place where nothing may come. */
    private static final long WHAT_MUST_NOT_COME = 100;

    /** How often the TCK looks whether an error has come. */
    private static final long LOOK = 10;

    /** How long a cancel may take, before the garbage collector is to find the subscriber. */
    static final long FORGETTING = 500;

    private Environment() {}

    static TestEnvironment create() {
        return new TestEnvironment(WHAT_HAS_TO_COME, WHAT_MUST_NOT_COME, LOOK);
    }
}
