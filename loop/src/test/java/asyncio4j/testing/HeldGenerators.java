package asyncio4j.testing;

import asyncio4j.AsyncGenerator;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes generators and holds them, for tests that leave some open: one that nobody holds is closed
 * whenever the garbage collector finds it.
 */
public final class HeldGenerators {

    private final List<AsyncGenerator<?>> all = new ArrayList<>();

    /** A generator that isn't forgotten as long as this is held. */
    public <T> AsyncGenerator<T> of(AsyncGenerator.Body<T> body) {
        AsyncGenerator<T> generator = AsyncGenerator.of(body);
        all.add(generator);
        return generator;
    }
}
