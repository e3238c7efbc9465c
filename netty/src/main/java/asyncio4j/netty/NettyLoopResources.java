package asyncio4j.netty;

import io.netty.channel.EventLoopGroup;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One loop as Reactor Netty's resources, for whatever it wants an event loop. Equal for the same
 * loop, so that clients that are made anew share their connections. Any thread.
 */
final class NettyLoopResources implements LoopResources {

    private final NettyEventLoop eventLoop;

    NettyLoopResources(NettyEventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return eventLoop;
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public void dispose() {
        eventLoop.startShutdown(0, 0);
    }

    @Override
    public boolean isDisposed() {
        return eventLoop.isShuttingDown();
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(sink ->
                eventLoop
                        .shutdownGracefully(
                                quietPeriod.toNanos(), timeout.toNanos(), TimeUnit.NANOSECONDS)
                        .addListener(_ -> sink.success()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NettyLoopResources resources && resources.eventLoop == eventLoop;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(eventLoop);
    }

    @Override
    public String toString() {
        return "LoopResources[" + eventLoop + "]";
    }
}
