/** A loop that does Netty's I/O itself. */
@SuppressWarnings({
    "requires-automatic",
    "requires-transitive-automatic"
}) // Reactor's jars have a module name, no more
@org.jspecify.annotations.NullMarked
module asyncio4j.netty {
    requires transitive asyncio4j.loop;
    requires transitive io.netty.transport;
    requires io.netty.common;
    requires static transitive org.jspecify;
    requires static transitive reactor.netty.core;
    requires static reactor.core;
    requires static org.reactivestreams;
    requires static io.netty.transport.classes.epoll;

    exports asyncio4j.netty;
}
