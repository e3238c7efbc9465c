package asyncio4j.bridge.modules;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.Asyncio;
import asyncio4j.bridge.Bridge;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built jars work as modules: a child JVM finds them on its module path and awaits a Mono
 * through them.
 */
class ModulePathIT {
    @Test
    void theJarsResolveAsModulesAndRun() throws Exception {
        assertThat(jarOf(Asyncio.class)).endsWith(".jar");
        assertThat(jarOf(Bridge.class)).endsWith(".jar");
        String modules =
                Stream.of(Asyncio.class, Bridge.class, Mono.class, Publisher.class)
                        .map(ModulePathIT::jarOf)
                        .collect(Collectors.joining(File.pathSeparator));

        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--module-path",
                                modules,
                                "--add-modules",
                                "asyncio4j.bridge",
                                "-classpath",
                                jarOf(ModulePathIT.class),
                                ModulePathProbe.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .containsExactly(
                        "Asyncio in asyncio4j.loop",
                        "Bridge in asyncio4j.bridge",
                        "Mono in reactor.core",
                        "exported by asyncio4j.loop to all: asyncio4j, asyncio4j.locks,"
                                + " asyncio4j.management, asyncio4j.queues",
                        "exported by asyncio4j.bridge to all: asyncio4j.bridge,"
                                + " asyncio4j.bridge.spring, asyncio4j.bridge.test",
                        "awaited: 42");
    }

    /** The jar or folder that a class was loaded from. */
    private static String jarOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
