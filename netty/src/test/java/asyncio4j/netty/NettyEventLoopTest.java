package asyncio4j.netty;

import static asyncio4j.Asyncio.*;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import asyncio4j.AsyncFuture;
import asyncio4j.EventLoop;
import asyncio4j.Runner;
import asyncio4j.Task;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.BlockingOperationException;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Netty's own API on the loop. */
class NettyEventLoopTest {

    /** What Netty's future will be, as one of the loop. */
    private static <T> AsyncFuture<T> future(Future<T> netty) {
        AsyncFuture<T> result = getRunningLoop().createFuture();
        var _ =
                netty.addListener((Future<T> done) -> {
                    if (done.isSuccess()) {
                        result.setResult(done.getNow());
                    } else {
                        result.setException(done.cause());
                    }
                });
        return result;
    }

    private static Channel channel(ChannelFuture opened) {
        await(future(opened));
        return opened.channel();
    }

    private static IoEventLoop eventLoop() {
        return NettyLoop.eventLoop(getRunningLoop());
    }

    private static Channel echoServer() {
        return channel(
                new ServerBootstrap()
                        .group(eventLoop())
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new ChannelInboundHandlerAdapter() {
                                                            @Override
                                                            public void channelRead(
                                                                    ChannelHandlerContext context,
                                                                    Object message) {
                                                                var _ =
                                                                        context.writeAndFlush(
                                                                                message);
                                                            }
                                                        });
                                    }
                                })
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private static Channel connect(Channel server, List<String> got, AsyncFuture<Integer> enough) {
        return channel(
                new Bootstrap()
                        .group(eventLoop())
                        .channel(NioSocketChannel.class)
                        .handler(
                                new SimpleChannelInboundHandler<ByteBuf>() {
                                    @Override
                                    protected void channelRead0(
                                            ChannelHandlerContext context, ByteBuf message) {
                                        got.add(message.toString(StandardCharsets.US_ASCII));
                                        int length = String.join("", got).length();
                                        if (length >= 10 && !enough.done()) {
                                            enough.setResult(length);
                                        }
                                    }
                                })
                        .connect(server.localAddress()));
    }

    @Test
    void anEchoOfABootstrapOfOnesOwn() {
        try (Runner runner = Loops.runner(Transport.NIO)) {
            runner.run(() -> {
                List<String> got = new ArrayList<>();
                AsyncFuture<Integer> enough = getRunningLoop().createFuture();
                Channel client = connect(echoServer(), got, enough);
                assertThat(client.eventLoop().inEventLoop()).isTrue();
                var _ =
                        client.writeAndFlush(
                                Unpooled.copiedBuffer("0123456789", StandardCharsets.US_ASCII));
                assertThat(await(enough)).isEqualTo(10);
                await(future(client.close()));
            });
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void timersOfNettyFireInTheirOrderAndWithThoseOfTheLoop(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            List<String> fired = new ArrayList<>();
            runner.run(() -> {
                IoEventLoop netty = eventLoop();
                var _ = netty.schedule(() -> fired.add("second"), 20, TimeUnit.MILLISECONDS);
                var _ = netty.schedule(() -> fired.add("first"), 10, TimeUnit.MILLISECONDS);
                var dropped = netty.schedule(() -> fired.add("no"), 15, TimeUnit.MILLISECONDS);
                dropped.cancel(false);
                AsyncFuture<Integer> third =
                        future(netty.schedule(() -> 3, 30, TimeUnit.MILLISECONDS));
                long began = System.nanoTime();
                assertThat(await(third)).isEqualTo(3);
                assertThat(System.nanoTime() - began)
                        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(29));
                await(sleep(Duration.ofMillis(5)));
            });
            assertThat(fired).containsExactly("first", "second");
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void otherThreadsWakeTheLoopWhileItWaitsForIo(Transport transport) throws Exception {
        try (Runner runner = Loops.runner(transport)) {
            EventLoop loop = runner.getLoop();
            for (int i = 0; i < 200; i++) { // now it looks, now it waits
                AtomicReference<AsyncFuture<String>> waited = new AtomicReference<>();
                CountDownLatch waits = new CountDownLatch(1);
                boolean byNetty = i % 2 == 0;
                Thread other =
                        Thread.startVirtualThread(() -> {
                            try {
                                waits.await();
                            } catch (InterruptedException e) {
                                return;
                            }
                            Runnable wake = () -> waited.get().setResult("woken");
                            if (byNetty) {
                                NettyLoop.eventLoop(loop).execute(wake);
                            } else {
                                loop.callSoonThreadsafe(wake);
                            }
                        });
                String got =
                        runner.run(() -> {
                            waited.set(getRunningLoop().createFuture());
                            waits.countDown();
                            return await(waited.get());
                        });
                assertThat(got).isEqualTo("woken");
                other.join();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void aBusyLoopStillDoesIo(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            runner.run(() -> {
                Task<?> busy =
                        createTask(() -> {
                            while (true) {
                                await(sleep(Duration.ZERO));
                            }
                        });
                Integer due =
                        await(future(eventLoop().schedule(() -> 1, 1, TimeUnit.MILLISECONDS)));
                assertThat(due).isEqualTo(1);
                busy.cancel();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void tasksOfNettyThatNeverEndLeaveTheLoopItsTurn(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            int turns =
                    runner.run(() -> {
                        IoEventLoop netty = eventLoop();
                        boolean[] enough = new boolean[1];
                        netty.execute(
                                new Runnable() {
                                    @Override
                                    public void run() {
                                        if (!enough[0]) {
                                            netty.execute(this);
                                        }
                                    }
                                });
                        int count = 0;
                        for (int i = 0; i < 10; i++) {
                            await(sleep(Duration.ZERO));
                            count++;
                        }
                        await(sleep(Duration.ofMillis(1)));
                        enough[0] = true;
                        return count;
                    });
            assertThat(turns).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void anInterruptEndsAWaitForIo(Transport transport) {
        try (Runner runner = Loops.runner(transport)) {
            Thread waiting = Thread.currentThread();
            assertThatThrownBy(() ->
                            runner.run(() -> {
                                var _ =
                                        runInThread(() -> {
                                            waiting.interrupt();
                                            return null;
                                        });
                                await(getRunningLoop().createFuture());
                            }))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(runner.run(() -> await(sleep(Duration.ofMillis(1), "again"))))
                    .isEqualTo("again");
        }
    }

    private static AsyncFuture<Object> runInThread(Callable<Object> work) {
        return getRunningLoop().runInExecutor(null, work);
    }

    @Test
    void aWaitForNettyOnTheLoopIsRefused() {
        try (Runner runner = Loops.runner(Transport.NIO)) {
            runner.run(() -> {
                IoEventLoop netty = eventLoop();
                assertThatThrownBy(() -> netty.submit(() -> 1).sync())
                        .isInstanceOf(BlockingOperationException.class);
                assertThatThrownBy(() -> netty.invokeAll(List.of(() -> 1)))
                        .isInstanceOf(RejectedExecutionException.class);
            });
        }
    }

    @Test
    void whatATaskOfNettyThrowsIsNettysAffair() {
        try (Runner runner = Loops.runner(Transport.NIO)) {
            List<Object> reported = new ArrayList<>();
            runner.run(() -> {
                getRunningLoop().setExceptionHandler((_, context) -> reported.add(context));
                Future<?> failed =
                        eventLoop()
                                .submit(() -> {
                                    throw new IllegalStateException("mine");
                                });
                assertThatThrownBy(() -> await(future(failed))).hasMessage("mine");
            });
            assertThat(reported).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("asyncio4j.netty.Loops#transports")
    void aClosedLoopLeavesNothingOpen(Transport transport) {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        try (Runner warm = Loops.runner(transport)) {
            warm.run(() -> await(sleep(Duration.ofMillis(1))));
        }
        long before = Loops.pollers();
        for (int i = 0; i < 5; i++) {
            NettyLoop.factory(NettyLoopOptions.DEFAULT.transport(transport)).get().close();
            try (Runner runner = Loops.runner(transport)) {
                runner.run(() -> await(sleep(Duration.ofMillis(1))));
            }
        }
        assertThat(Loops.pollers()).isEqualTo(before);
    }

    @Test
    void aLoopThatIsClosedByItselfClosesItsChannels() {
        EventLoop loop = NettyLoop.factory().get();
        IoEventLoop netty = NettyLoop.eventLoop(loop);
        Channel[] channels = new Channel[2];
        List<String> told = new ArrayList<>();
        EventLoop nio = NettyLoop.factory(NettyLoopOptions.DEFAULT.transport(Transport.NIO)).get();
        nio.runUntilComplete(() -> {
            channels[0] = echoServer();
            channels[1] = connect(channels[0], new ArrayList<>(), getRunningLoop().createFuture());
            var _ = channels[1].closeFuture().addListener(_ -> told.add("closed"));
            var _ = eventLoop().schedule(() -> told.add("never"), 1, TimeUnit.HOURS);
            return null;
        });
        IoEventLoop ended = NettyLoop.eventLoop(nio);
        nio.close();
        assertThat(channels[0].isOpen()).isFalse();
        assertThat(channels[1].isOpen()).isFalse();
        assertThat(told).containsExactly("closed");
        assertThat(ended.isTerminated()).isTrue();
        assertThatThrownBy(() -> ended.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(netty.isTerminated()).isFalse(); // that is the other one's
        loop.close();
        assertThat(netty.terminationFuture().isDone()).isTrue();
    }

    @Test
    void shutdownGracefullyEndsTheChannelsAndNotTheLoop() {
        try (Runner runner = Loops.runner(Transport.NIO)) {
            runner.run(() -> {
                Channel server = echoServer();
                IoEventLoop netty = eventLoop();
                AsyncFuture<Boolean> ended = getRunningLoop().createFuture();
                EventLoop loop = getRunningLoop();
                var _ =
                        netty.shutdownGracefully(1, 1_000, TimeUnit.MILLISECONDS)
                                .addListener(
                                        _ -> loop.callSoonThreadsafe(() -> ended.setResult(true)));
                assertThat(await(ended)).isTrue();
                assertThat(server.isOpen()).isFalse();
                assertThat(netty.isTerminated()).isTrue();
                await(sleep(Duration.ofMillis(1)));
            });
        }
    }

    @Test
    void otherLoopsAreRefused() {
        try (EventLoop plain = newEventLoop()) {
            assertThatThrownBy(() -> NettyLoop.eventLoop(plain))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NettyLoop.factory()");
            assertThatThrownBy(() -> NettyLoop.resources(plain))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void getters() {
        try (EventLoop loop = NettyLoop.factory().get()) {
            IoEventLoop netty = NettyLoop.eventLoop(loop);
            assertThat(NettyLoop.eventLoop(loop)).isSameAs(netty);
            assertThat(netty.next()).isSameAs(netty);
            assertThat(netty.parent()).isSameAs(netty);
            assertThat(netty.inEventLoop()).isFalse();
            assertThat(netty.isShuttingDown()).isFalse();
            assertThat(loop.isRunning()).isFalse();
            assertThat(netty.toString()).startsWith("Netty (");
            assertThat(NettyLoop.resources(loop)).isEqualTo(NettyLoop.resources(loop));
            assertThat(NettyLoop.resources(loop)).hasToString("LoopResources[" + netty + "]");
            assertThat(NettyLoop.resources(loop).daemon()).isTrue();
            assertThat(NettyLoop.resources(loop).onClient(true)).isSameAs(netty);
            assertThat(NettyLoop.resources(loop).onServerSelect(false)).isSameAs(netty);
        }
    }

    @Test
    void twoLoopsMindTheirOwnIo() {
        try (Runner first = Loops.runner(Transport.NIO);
                Runner second = Loops.runner(Transport.NIO)) {
            IoEventLoop other = NettyLoop.eventLoop(first.getLoop());
            second.run(() -> {
                assertThat(eventLoop()).isNotSameAs(other);
                assertThat(other.inEventLoop()).isFalse();
                assertThat(eventLoop().inEventLoop()).isTrue();
            });
        }
    }
}
