/**
 * asyncio for Java: event loop, tasks, futures, context variables, locks, queues and the Runner.
 *
 * <p>It depends on the JDK alone; {@code jdk.unsupported} has the signals. What it shows by JMX and
 * the Flight Recorder, and its command line, take modules that may be missing.
 */
@SuppressWarnings("module") // those that it exports to are compiled after this module
@org.jspecify.annotations.NullMarked
module asyncio4j.loop {
    requires static transitive org.jspecify;
    requires jdk.unsupported;
    requires static java.management;
    requires static jdk.attach;
    requires static jdk.jfr;

    exports asyncio4j;
    exports asyncio4j.locks;
    exports asyncio4j.management;
    exports asyncio4j.queues;
    exports asyncio4j.internal.access to
            asyncio4j.bridge,
            asyncio4j.netty;
    exports asyncio4j.internal.spi to
            asyncio4j.bridge,
            asyncio4j.netty;

    uses asyncio4j.internal.spi.Companion;
}
