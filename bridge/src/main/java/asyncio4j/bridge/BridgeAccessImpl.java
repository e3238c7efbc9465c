package asyncio4j.bridge;

import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.internal.bridge.BridgeAccess;

import reactor.util.context.Context;

import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/** What the packages beside this one may do. */
final class BridgeAccessImpl extends BridgeAccess {

    private BridgeAccessImpl() {}

    /** Opens the way. */
    static void install() {
        set(new BridgeAccessImpl());
    }

    @Override
    public IntSupplier subscribers(EventLoop loop) {
        return Subscriptions.of(loop)::size;
    }

    @Override
    public ContextVar.Token<?> change(UnaryOperator<Context> change) {
        return ReactorContext.change(change);
    }
}
