package asyncio4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.bridge.ReactorRunner;
import asyncio4j.testing.Snippets;
import asyncio4j.testing.Snippets.Snippet;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The examples in the Javadoc, and those of docs/netty.md, compile as they stand. */
class SnippetsTest {

    private static final String IMPORTS =
            """
            import asyncio4j.*;
            import asyncio4j.bridge.*;
            import asyncio4j.netty.*;
            import reactor.core.publisher.*;
            import reactor.netty.http.client.HttpClient;
            import reactor.netty.http.server.HttpServer;
            import static asyncio4j.Asyncio.*;
            import static asyncio4j.bridge.Bridge.*;
            """;

    /** What examples use without declaring it. */
    private static final String STUBS = "static String page(String path) { return path; }\n";

    @TempDir private Path output;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("netty/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    @Test
    void theExamplesOfTheJavadocCompile() {
        List<Snippet> snippets = Snippets.under(root().resolve("netty/src/main/java"));
        assertThat(snippets).isNotEmpty();
        assertThat(compile(snippets)).isEmpty();
    }

    @Test
    void theExamplesOfThePageCompile() throws IOException {
        List<Snippet> snippets = page(root().resolve("docs/netty.md"));
        assertThat(snippets).isNotEmpty();
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

    private static List<Snippet> page(Path file) throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals("```java")) {
                int begin = i + 1;
                while (!lines.get(i + 1).equals("```")) {
                    i++;
                }
                snippets.add(
                        new Snippet(
                                file, begin + 1, String.join("\n", lines.subList(begin, i + 1))));
            }
        }
        return snippets;
    }

    private List<String> compile(List<Snippet> snippets) {
        return Snippets.compile(
                snippets,
                IMPORTS,
                STUBS,
                output,
                List.of(
                        asyncio4j.Asyncio.class,
                        ReactorRunner.class,
                        NettyLoop.class,
                        HttpServer.class,
                        LoopResources.class,
                        IoEventLoop.class,
                        ByteBuf.class,
                        Future.class,
                        HttpRequest.class,
                        Mono.class,
                        Publisher.class,
                        Nullable.class));
    }
}
