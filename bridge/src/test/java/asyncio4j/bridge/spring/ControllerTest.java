package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.AsyncIterable;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.VoidCoroutine;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import reactor.core.publisher.Mono;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

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

            @PostMapping("/valid")
            Coroutine<String> valid(@Valid @RequestBody Coroutine<Checked> item) {
                return () -> await(item).name();
            }

            @GetMapping("/atmost")
            Coroutine<String> atMost(@RequestParam @Max(5) int number) {
                return () -> "fine";
            }

            @GetMapping("/bad")
            Coroutine<String> bad() {
                return () -> {
                    await(sleep(Duration.ofMillis(1)));
                    throw new IOException("not there");
                };
            }

            @GetMapping("/badrows")
            AsyncGenerator<String> badRows() {
                return AsyncGenerator.of(g -> {
                    await(sleep(Duration.ofMillis(1)));
                    throw new IOException("no rows");
                });
            }

            @ExceptionHandler
            ResponseEntity<String> handle(IOException e) {
                return ResponseEntity.status(HttpStatus.GONE).body(e.getMessage());
            }

            @DeleteMapping("/items")
            @ResponseStatus(HttpStatus.NO_CONTENT)
            VoidCoroutine delete() {
                return () -> {
                    await(sleep(Duration.ofMillis(1)));
                    DELETED.incrementAndGet();
                };
            }

            @GetMapping("/none")
            Coroutine<Item> none() {
                return () -> null;
            }

            @GetMapping("/iterable")
            AsyncIterable<String> iterable() {
                return () -> AsyncGenerator.of(g -> g.yield("one"));
            }

            @GetMapping("/loop")
            Coroutine<String> loop() {
                return () -> {
                    EventLoop own = getRunningLoop();
                    await(Mono.delay(Duration.ofMillis(1)));
                    boolean same = own == getRunningLoop();
                    return same + " " + currentTask().getName();
                };
            }
        }
    }

    record Checked(@NotBlank String name) {}

    private static final AtomicInteger DELETED = new AtomicInteger();

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

    @Test
    void bodiesAndArgumentsAreValidated() throws Exception {
        assertThat(server.post("/valid", "{\"name\":\"tea\"}").body()).isEqualTo("tea");
        assertThat(server.post("/valid", "{\"name\":\"\"}").statusCode()).isEqualTo(400);
        assertThat(server.get("/atmost?number=5").body()).isEqualTo("fine");
        assertThat(server.get("/atmost?number=6").statusCode()).isEqualTo(400);
    }

    @Test
    void exceptionsReachTheHandler() throws Exception {
        var response = server.get("/bad");
        assertThat(response.statusCode() + response.body()).isEqualTo("410not there");
        response = server.get("/badrows");
        assertThat(response.statusCode() + response.body()).isEqualTo("410no rows");
    }

    @Test
    void aCoroutineMayHaveNoResult() throws Exception {
        var response = server.send(server.request("/items").DELETE());
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(DELETED).hasValue(1);
        assertThat(server.get("/none").body()).isEmpty();
    }

    @Test
    void anIterableIsAList() throws Exception {
        assertThat(server.get("/iterable").body()).isEqualTo("one");
    }

    @Test
    void aCoroutineStaysOnItsLoopAndHasItsRequestsName() throws Exception {
        assertThat(server.get("/loop").body()).isEqualTo("true GET /loop");
    }
}
