package asyncio4j.internal.bridge;

import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.jspecify.annotations.Nullable;

import reactor.util.context.Context;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/** A way into the package-private parts of {@code asyncio4j.bridge}, for the packages beside it. */
public abstract class BridgeAccess {

    /** Written once, when {@link Bridge} is initialised. */
    private static volatile @Nullable BridgeAccess instance;

    /** For the one implementation. */
    protected BridgeAccess() {}

    /** The way in. Any thread. */
    public static BridgeAccess get() {
        BridgeAccess present = instance;
        if (present == null) {
            try {
                MethodHandles.lookup().ensureInitialized(Bridge.class);
            } catch (IllegalAccessException e) {
                throw new LinkageError("asyncio4j.bridge.Bridge isn't accessible", e);
            }
            present = Objects.requireNonNull(instance);
        }
        return present;
    }

    /** Called by the implementation. */
    protected static void set(BridgeAccess access) {
        instance = access;
    }

    /**
     * How many subscribers wait for something of {@code loop}, to ask again and again. Any thread.
     */
    public abstract IntSupplier subscribers(EventLoop loop);

    /**
     * Has {@code change} made to the Reactor Context that the calling task's pipelines get from its
     * subscriber, until the result is closed. A task of a loop.
     */
    public abstract ContextVar.Token<?> change(UnaryOperator<Context> change);
}
