package asyncio4j.netty;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.internal.access.LoopAccess;

import io.netty.channel.IoEventLoop;

import org.jspecify.annotations.Nullable;

import reactor.netty.resources.LoopResources;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A loop that does Netty's I/O itself, where other loops park: its channels' handlers run on the
 * loop's own thread, and so an answer that a task awaits needs no other thread to get to it. What
 * uvloop is to asyncio.
 *
 * {@snippet lang=java :
 * try (Runner runner = Runner.builder().loopFactory(NettyLoop.factory()).build()) {
 *     String page = runner.run(() -> {
 *         HttpClient client = HttpClient.create().runOn(NettyLoop.resources(getRunningLoop()));
 *         return await(client.get().uri("http://localhost:8080/").responseContent().aggregate().asString());
 *     });
 * }
 * }
 *
 * <p>Besides that it is a loop like any other, with any {@link asyncio4j.Engine}. Handlers run as
 * callbacks do: one at a time with all tasks, and what takes long in one holds up all others. They
 * have no task, so they can't await, but can make tasks. An exception of a handler or of a task of
 * Netty's goes where Netty sends it.
 *
 * <p>Channels live as long as the loop. A {@link Runner} closes those that are left when its tasks
 * have ended; {@link EventLoop#close} does, too, and frees what the system gave for the I/O. A loop
 * that isn't run does no I/O.
 */
public final class NettyLoop {

    private static final String NULL_LOOP =
            "the loop is null: pass one that NettyLoop has made, such as getRunningLoop()";

    private NettyLoop() {}

    /**
     * Makes loops, for {@link Runner.Builder#loopFactory}.
     *
     * @return a factory whose loops have what {@link NettyLoopOptions#DEFAULT} says
     */
    public static Supplier<EventLoop> factory() {
        return factory(NettyLoopOptions.DEFAULT);
    }

    /**
     * Makes loops, for {@link Runner.Builder#loopFactory}.
     *
     * @param options what its loops have
     * @return a factory
     * @throws IllegalStateException if the transport that is asked for isn't available; the message
     *     says what to do
     */
    public static Supplier<EventLoop> factory(NettyLoopOptions options) {
        Objects.requireNonNull(options, "the options are null: pass NettyLoopOptions.DEFAULT");
        Transport transport = Transport.choose(options.transport());
        return () -> make(transport, options);
    }

    private static EventLoop make(Transport transport, NettyLoopOptions options) {
        EventLoop loop =
                LoopAccess.get()
                        .newEventLoop(
                                options.engine(), host -> new NettyEventLoop(host, transport));
        LoopAccess.get()
                .addLastStep(
                        loop,
                        () -> {
                            closeChannels(loop);
                            return null;
                        });
        return loop;
    }

    /** Waits until there are no more channels. */
    private static void closeChannels(EventLoop loop) {
        AsyncFuture<@Nullable Void> closed = loop.createFuture();
        of(loop).shutDown(() -> LoopAccess.get().setResultUnlessDone(closed, null));
        Asyncio.await(closed);
    }

    /**
     * The loop as Netty sees it, for a {@code Bootstrap} of one's own. Its {@code inEventLoop} is
     * true for whichever thread runs the loop's code.
     *
     * @param loop a loop that this class has made, or one that forwards to it
     * @return its event loop; the same each time. To {@code shutdownGracefully} means that its
     *     channels are closed and that it takes no more; it ends with the loop in any case
     * @throws IllegalArgumentException if it is another kind of loop
     */
    public static IoEventLoop eventLoop(EventLoop loop) {
        return of(loop);
    }

    /**
     * What has Reactor Netty do its I/O on a loop: {@code
     * HttpClient.create().runOn(NettyLoop.resources(loop))}, or the same with an {@code
     * HttpServer}. Needs {@code reactor-netty-core}.
     *
     * @param loop a loop that this class has made, or one that forwards to it
     * @return its resources; equal each time. To dispose of them closes the channels of the loop,
     *     whose event loop takes no more then; they are disposed of with the loop in any case
     * @throws IllegalArgumentException if it is another kind of loop
     */
    public static LoopResources resources(EventLoop loop) {
        return new NettyLoopResources(of(loop));
    }

    private static NettyEventLoop of(EventLoop loop) {
        Objects.requireNonNull(loop, NULL_LOOP);
        if (LoopAccess.get().poller(loop) instanceof NettyEventLoop found) {
            return found;
        }
        throw new IllegalArgumentException(
                loop
                        + " does no I/O of Netty's: make it with NettyLoop.factory(), as in"
                        + " Runner.builder().loopFactory(NettyLoop.factory())");
    }
}
