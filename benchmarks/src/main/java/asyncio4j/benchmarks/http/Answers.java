package asyncio4j.benchmarks.http;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import java.time.Duration;

/** What all handlers share: the client, the two calls, and what they make of them. */
@Component
public class Answers {

    /** One upstream's answer. */
    public record User(int id, String name) {}

    /** The other's. */
    public record Item(int id, int price) {}

    /** What is sent as JSON. */
    public record Answer(String name, int item, int price) {}

    private final WebClient client;

    Answers() {
        // As many connections as there may be calls at once: waiting for one isn't what is
        // measured.
        ConnectionProvider connections =
                ConnectionProvider.builder("upstream")
                        .maxConnections(4096)
                        .pendingAcquireMaxCount(-1)
                        .pendingAcquireTimeout(Duration.ofMinutes(1))
                        .build();
        client =
                WebClient.builder()
                        .baseUrl(System.getProperty("upstream"))
                        .clientConnector(
                                new ReactorClientHttpConnector(HttpClient.create(connections)))
                        .build();
    }

    /** The first call. */
    public Mono<User> user() {
        return client.get().uri("/user").retrieve().bodyToMono(User.class);
    }

    /** The second call. */
    public Mono<Item> item() {
        return client.get().uri("/item").retrieve().bodyToMono(Item.class);
    }

    /** Both together. */
    public static Answer combine(User user, Item item) {
        return new Answer(user.name(), item.id(), item.price());
    }
}
