/** The bridge between the loop's tasks and Project Reactor. */
@SuppressWarnings({
    "requires-automatic",
    "requires-transitive-automatic"
}) // Reactor's jars have a module name, no more
@org.jspecify.annotations.NullMarked
module asyncio4j.bridge {
    requires transitive asyncio4j.loop;
    requires transitive org.reactivestreams;
    requires transitive reactor.core;
    requires static transitive org.jspecify;
    requires static transitive context.propagation;
    requires static transitive micrometer.core;
    requires static transitive reactor.test;
    requires static transitive spring.beans;
    requires static transitive spring.context;
    requires static transitive spring.core;
    requires static com.fasterxml.jackson.annotation;
    requires static spring.aop;
    requires static spring.security.core;
    requires static spring.tx;
    requires static transitive spring.web;
    requires static transitive spring.webflux;
    requires static transitive spring.boot;
    requires static transitive spring.boot.autoconfigure;
    requires static transitive spring.boot.health;

    exports asyncio4j.bridge;
    exports asyncio4j.bridge.spring;
    exports asyncio4j.bridge.test;

    opens asyncio4j.bridge.spring to
            spring.beans,
            spring.boot,
            spring.context,
            spring.core;

    provides asyncio4j.internal.spi.Companion with
            asyncio4j.internal.bridge.BridgeCompanion;
}
