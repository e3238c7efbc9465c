package asyncio4j.bridge;

import asyncio4j.Context;
import asyncio4j.EventLoop;
import asyncio4j.internal.bridge.BridgeAccess;

import reactor.util.context.ContextView;

import java.util.function.IntSupplier;

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
    public Context inherit(ContextView subscriber) {
        return ReactorContext.inherit(subscriber);
    }
}
