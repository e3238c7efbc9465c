package asyncio4j.testing;

import asyncio4j.Asyncio;
import asyncio4j.Coroutine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Awaits coroutines one after the other and says in a word what came of each, so that a test is a
 * table.
 */
public final class Outcomes {

    private Outcomes() {}

    /** The outcome of each coroutine: its result, or the class and the message of what it threw. */
    public static List<String> of(Coroutine<?>... coroutines) {
        List<String> outcomes = new ArrayList<>();
        for (Coroutine<?> coroutine : coroutines) {
            outcomes.add(of(coroutine));
        }
        return outcomes;
    }

    /** The outcome of one coroutine. */
    public static String of(Coroutine<?> coroutine) {
        try {
            return String.valueOf(Asyncio.<@Nullable Object>await(coroutine::run));
        } catch (Throwable error) { // whatever it is, it is what the test is about
            return error.getClass().getSimpleName() + ": " + error.getMessage();
        }
    }
}
