package asyncio4j.benchmarks.latency;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

import reactor.core.scheduler.Schedulers;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * Who completes.
 *
 * @param name its name in the JSON
 * @param executor runs on its thread
 */
record Source(String name, Executor executor) {

    /** All of them. Their threads are daemons. */
    static List<Source> all() {
        EventLoopGroup netty =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("netty", true), NioIoHandler.newFactory());
        Executor plain =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("plain").daemon().factory());
        return List.of(
                new Source("parallel", Schedulers.parallel()::schedule),
                new Source("netty", netty),
                new Source("thread", plain));
    }
}
