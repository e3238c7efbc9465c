package asyncio4j.bridge.spring;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Snippets;
import asyncio4j.testing.Snippets.Snippet;

import io.netty.channel.Channel;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.springframework.context.event.EventListener;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.HttpStatus;
import org.springframework.messaging.rsocket.RSocketRequester;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Examples of the Javadoc, and of docs/spring.md, compile as they stand in a method's body. */
class SpringSnippetsTest {

    private static final String IMPORTS =
            """
            import asyncio4j.*;
            import asyncio4j.bridge.spring.*;
            import java.math.BigDecimal;
            import java.net.URI;
            import java.time.Duration;
            import java.util.concurrent.TimeUnit;
            import org.springframework.context.event.EventListener;
            import org.springframework.http.*;
            import org.springframework.http.client.reactive.ReactorClientHttpConnector;
            import org.springframework.messaging.handler.annotation.*;
            import org.springframework.messaging.rsocket.RSocketRequester;
            import org.springframework.scheduling.annotation.Scheduled;
            import org.springframework.web.bind.annotation.*;
            import org.springframework.web.reactive.function.client.WebClient;
            import org.springframework.web.reactive.function.server.*;
            import org.springframework.web.reactive.socket.*;
            import org.springframework.web.reactive.socket.client.*;
            import org.springframework.web.service.annotation.*;
            import reactor.core.publisher.Mono;
            import reactor.netty.http.client.HttpClient;
            import static asyncio4j.Asyncio.*;
            import static asyncio4j.bridge.Bridge.*;
            import static asyncio4j.bridge.spring.Handlers.*;
            import static org.springframework.web.reactive.function.server.RouterFunctions.route;
            import static org.springframework.web.reactive.function.server.ServerResponse.*;
            """;

    /** What examples use without declaring it. */
    private static final String STUBS =
            """
            record User(String name) {}
            record Row(int id) {}
            record Price(int cents) {}
            record Ordered(String item) {}
            record Shipped(String item) {}
            interface Users { Mono<User> find(String name); }
            interface Room { AsyncGenerator<String> feed(); void say(String text); }
            record Change(int cents) {}
            interface Permissions { Mono<Boolean> mayRead(ServerRequest request); }
            static Permissions permissions;
            static java.util.logging.Logger log;
            static Users users;
            static Room room;
            static WebClient webClient;
            static RSocketRequester requester;
            static URI uri;
            static AsyncGenerator<Row> rows() { return AsyncGenerator.of(g -> {}); }
            static Mono<Boolean> denied(ServerRequest request) { return Mono.just(true); }
            static Mono<Void> note(ServerRequest request, HttpStatusCode code) {
                return Mono.empty();
            }
            static Mono<Void> report(Throwable error) { return Mono.empty(); }
            static Mono<Void> process(Row row) { return Mono.empty(); }
            static Mono<Void> pack(Ordered order) { return Mono.empty(); }
            """;

    /** The sources whose examples are no members of classes. */
    private static final Set<String> WHOLE =
            Set.of(
                    "AwaitingExchangeAdapter.java",
                    "CoroutineWebSocketSession.java",
                    "Handlers.java",
                    "HttpConnections.java");

    /** The sections of the page whose examples are whole. */
    private static final Set<String> SECTIONS =
            Set.of(
                    "## Functional routes",
                    "## WebClient",
                    "## HTTP interface clients",
                    "## Scheduled methods",
                    "## Events",
                    "## RSocket",
                    "## WebSocket");

    @TempDir private Path output;

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("bridge/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    @Test
    void theExamplesOfTheJavadocCompile() {
        List<Snippet> snippets =
                Snippets.under(root().resolve("bridge/src/main/java/asyncio4j/bridge/spring"))
                        .stream()
                        .filter(each -> WHOLE.contains(each.file().getFileName().toString()))
                        .toList();
        assertThat(snippets).hasSizeGreaterThanOrEqualTo(5);
        assertThat(compile(snippets)).isEmpty();
    }

    @Test
    void theExamplesOfThePageCompile() throws IOException {
        List<Snippet> snippets = page(root().resolve("docs/spring.md"));
        assertThat(snippets).hasSize(SECTIONS.size() + 1); // WebClient has two
        assertThat(compile(snippets)).isEmpty();
    }

    private static List<Snippet> page(Path file) throws IOException {
        List<Snippet> snippets = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        boolean whole = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("## ")) {
                whole = SECTIONS.contains(lines.get(i));
            } else if (whole && lines.get(i).equals("```java")) {
                int end = i + 1;
                while (!lines.get(end).equals("```")) {
                    end++;
                }
                snippets.add(
                        new Snippet(file, i + 2, String.join("\n", lines.subList(i + 1, end))));
                i = end;
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
                        Channel.class,
                        Connection.class,
                        Handlers.class,
                        HttpClient.class,
                        Mono.class,
                        Publisher.class,
                        Nullable.class,
                        EventListener.class,
                        HttpStatus.class,
                        ReactiveAdapterRegistry.class,
                        RSocketRequester.class,
                        WebClient.class));
    }
}
