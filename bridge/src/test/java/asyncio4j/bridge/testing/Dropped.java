package asyncio4j.bridge.testing;

import reactor.core.publisher.Hooks;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What goes to Reactor's global hooks for dropped elements and errors, while this is open. */
public final class Dropped implements AutoCloseable {

    public final List<Object> elements = new CopyOnWriteArrayList<>();

    public final List<Throwable> errors = new CopyOnWriteArrayList<>();

    public Dropped() {
        Hooks.onNextDropped(elements::add);
        Hooks.onErrorDropped(errors::add);
    }

    @Override
    public void close() {
        Hooks.resetOnNextDropped();
        Hooks.resetOnErrorDropped();
    }
}
