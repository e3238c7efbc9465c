package asyncio4j.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Snippets;
import asyncio4j.testing.Snippets.Snippet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The examples in the Javadoc compile as they stand. */
class SnippetsTest {

    private static final String IMPORTS =
            """
            import asyncio4j.*;
            import asyncio4j.bridge.*;
            import asyncio4j.locks.*;
            import asyncio4j.queues.Queue;
            import java.time.Duration;
            import java.util.List;
            import java.util.Map;
            import java.util.function.*;
            import reactor.core.publisher.*;
            import reactor.core.scheduler.*;
            import static asyncio4j.Asyncio.*;
            import static asyncio4j.bridge.Bridge.*;
            """;

    /** What examples use without declaring it. */
    private static final String STUBS =
            """
            record User(String name) {}
            record Row(int id) {}
            interface Users { Mono<User> find(String name); }
            interface Database { Flux<Row> rows(); }
            Users users;
            Database database;
            EventLoop loop;
            ReactorRunner runner;
            Flux<Row> rows;
            Queue<Row> queue;
            static Mono<Void> process(Row row) { return Mono.empty(); }
            Row row;
            """;

    @TempDir private Path output;

    private static Path sources() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("bridge/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder.resolve("bridge/src/main/java/asyncio4j/bridge");
    }

    @Test
    void allExamplesCompile() {
        List<Snippet> snippets =
                Snippets.under(sources()).stream()
                        .filter(each -> each.file().getParent().equals(sources()))
                        .toList();
        assertThat(snippets).hasSizeGreaterThan(5);
        assertThat(compile(snippets)).isEmpty();
    }

    @Test
    void oneThatDoesntCompileIsNamedByItsFileAndLine() {
        Snippet broken = new Snippet(Path.of("Broken.java"), 20, "int a = 1;\nint b = unknown;");
        assertThat(compile(List.of(broken)))
                .singleElement()
                .asString()
                .startsWith("Broken.java:21: cannot find symbol");
    }

    private List<String> compile(List<Snippet> snippets) {
        return Snippets.compile(
                snippets,
                IMPORTS,
                STUBS,
                output,
                List.of(
                        asyncio4j.Asyncio.class,
                        Bridge.class,
                        Mono.class,
                        Publisher.class,
                        Nullable.class));
    }
}
