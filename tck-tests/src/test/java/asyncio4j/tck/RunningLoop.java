package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;

/** A loop that runs on a thread of its own until it is closed. */
final class RunningLoop {

    final EventLoop loop = Asyncio.newEventLoop();

    private final Thread thread = Thread.ofPlatform().name("tck-loop").start(loop::runForever);

    void close() throws InterruptedException {
        var _ = loop.callSoonThreadsafe(loop::stop);
        thread.join();
        loop.close();
    }
}
