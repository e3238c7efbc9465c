package asyncio4j.netty;

import asyncio4j.Engine;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What may be said of a new Netty loop; {@link NettyLoop#factory(NettyLoopOptions)} makes them.
 *
 * @param transport what it does its I/O with; null for what {@link Transport} says
 * @param engine what its tasks run on; null for what {@link Engine} says
 */
public record NettyLoopOptions(@Nullable Transport transport, @Nullable Engine engine) {

    /** Nothing said. */
    public static final NettyLoopOptions DEFAULT = new NettyLoopOptions(null, null);

    /**
     * These options with this transport.
     *
     * @param newTransport what the loop does its I/O with
     * @return the options
     */
    public NettyLoopOptions transport(Transport newTransport) {
        return new NettyLoopOptions(
                Objects.requireNonNull(newTransport, "the transport is null: leave it out"),
                engine);
    }

    /**
     * These options with this engine.
     *
     * @param newEngine what the loop's tasks run on
     * @return the options
     */
    public NettyLoopOptions engine(Engine newEngine) {
        return new NettyLoopOptions(
                transport, Objects.requireNonNull(newEngine, "the engine is null: leave it out"));
    }
}
