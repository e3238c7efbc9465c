package asyncio4j.bridge.modules;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;

import reactor.core.publisher.Mono;

import java.lang.module.ModuleDescriptor.Exports;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the child JVM of {@link ModulePathIT} runs: says which modules it found, and uses them. */
final class ModulePathProbe {
    private ModulePathProbe() {}

    public static void main(String... args) {
        Stream.of(Asyncio.class, Bridge.class, Mono.class)
                .map(type -> type.getSimpleName() + " in " + type.getModule().getName())
                .forEach(System.out::println);
        Stream.of(Asyncio.class, Bridge.class)
                .map(Class::getModule)
                .map(ModulePathProbe::exports)
                .forEach(System.out::println);
        System.out.println("awaited: " + Asyncio.<Integer>run(() -> Bridge.await(Mono.just(42))));
    }

    private static String exports(Module module) {
        return module.getDescriptor().exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .sorted()
                .collect(
                        Collectors.joining(
                                ", ", "exported by " + module.getName() + " to all: ", ""));
    }
}
