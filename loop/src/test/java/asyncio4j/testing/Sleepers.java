package asyncio4j.testing;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.sleep;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Coroutines that sleep for long, and what they said when they were cancelled. */
public final class Sleepers {

    private static final Duration HOUR = Duration.ofHours(1);

    /** What was said, in order. */
    public final List<Object> order = new ArrayList<>();

    /** Sleeps for long, and says its name when it is cancelled. */
    public Coroutine<Void> sleeping(String name) {
        return () -> {
            try {
                await(sleep(HOUR));
            } catch (CancelledError e) {
                order.add(name);
                throw e;
            }
            return null;
        };
    }
}
