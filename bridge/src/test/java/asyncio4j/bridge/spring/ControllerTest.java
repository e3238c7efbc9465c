package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import java.time.Duration;

/** Controllers whose methods return and take the library's types. */
class ControllerTest {

    record Item(String name, int price) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Application.Items.class)
    static class Application {

        @RestController
        static class Items {

            @GetMapping("/items/{name}")
            Coroutine<Item> item(@PathVariable String name) {
                return () -> {
                    await(sleep(Duration.ofMillis(1)));
                    return new Item(name, 3);
                };
            }

            @GetMapping("/items")
            AsyncGenerator<Item> items() {
                return AsyncGenerator.of(g -> {
                    g.yield(new Item("a", 1));
                    await(sleep(Duration.ofMillis(1)));
                    g.yield(new Item("b", 2));
                });
            }

            @GetMapping("/found/{name}")
            Coroutine<ResponseEntity<Item>> found(@PathVariable String name) {
                return () -> {
                    await(sleep(Duration.ofMillis(1)));
                    return name.equals("no")
                            ? ResponseEntity.notFound().build()
                            : ResponseEntity.ok(new Item(name, 4));
                };
            }

            @GetMapping("/inside/{name}")
            ResponseEntity<Coroutine<Item>> inside(@PathVariable String name) {
                return ResponseEntity.status(HttpStatus.ACCEPTED).body(() -> new Item(name, 5));
            }

            @GetMapping("/rows")
            ResponseEntity<AsyncGenerator<Item>> rows() {
                return ResponseEntity.ok().contentType(MediaType.APPLICATION_NDJSON).body(items());
            }

            @PostMapping("/items")
            Coroutine<Integer> add(@RequestBody Coroutine<Item> item) {
                return () -> await(item).price() + 1;
            }

            @PostMapping("/all")
            Coroutine<Integer> addAll(@RequestBody AsyncGenerator<Item> items) {
                return () -> {
                    int sum = 0;
                    for (Item each : items) {
                        sum += each.price();
                    }
                    return sum;
                };
            }

            @GetMapping("/loop")
            Coroutine<String> loop() {
                return () -> getRunningLoop().toString();
            }
        }
    }

    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.of(Application.class);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aCoroutineIsAnAnswer() throws Exception {
        var response = server.get("/items/tea");
        assertThat(response.body()).isEqualTo("{\"name\":\"tea\",\"price\":3}");
    }

    @Test
    void aGeneratorIsAList() throws Exception {
        assertThat(server.get("/items").body())
                .isEqualTo("[{\"name\":\"a\",\"price\":1},{\"name\":\"b\",\"price\":2}]");
    }

    @Test
    void aCoroutineMayMakeAResponseEntity() throws Exception {
        assertThat(server.get("/found/no").statusCode()).isEqualTo(404);
        assertThat(server.get("/found/tea").body()).isEqualTo("{\"name\":\"tea\",\"price\":4}");
    }

    @Test
    void aResponseEntityMayHoldACoroutine() throws Exception {
        var response = server.get("/inside/tea");
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.body()).isEqualTo("{\"name\":\"tea\",\"price\":5}");
    }

    @Test
    void aResponseEntityMayHoldAGenerator() throws Exception {
        var response = server.get("/rows");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
        assertThat(response.body())
                .isEqualTo("{\"name\":\"a\",\"price\":1}\n{\"name\":\"b\",\"price\":2}\n");
    }

    @Test
    void aBodyMayBeACoroutine() throws Exception {
        assertThat(server.post("/items", "{\"name\":\"tea\",\"price\":6}").body()).isEqualTo("7");
    }

    @Test
    void aBodyMayBeAGenerator() throws Exception {
        assertThat(
                        server.post(
                                        "/all",
                                        "[{\"name\":\"a\",\"price\":6},{\"name\":\"b\",\"price\":7}]")
                                .body())
                .isEqualTo("13");
    }
}
