package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.SystemExit;
import asyncio4j.Task;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.view.AbstractView;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.beans.PropertyEditorSupport;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;

/** Controller methods that just await. */
class RunOnLoopTest {

    record Item(@NotBlank String name, @Max(100) int price) {}

    /** A value that only the controller's own editor can make. */
    record Colour(String name) {}

    static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message);
        }
    }

    static final class Worse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Worse(String message) {
            super(message);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Items.class, Pages.class, Some.class, Advice.class})
    static class Application {

        @Bean
        ViewResolver views() {
            return (name, locale) -> Mono.just(new TextView(name));
        }

        @Bean
        AsyncioLoops asyncioLoops() {
            return AsyncioLoops.builder().loops(2).build();
        }

        @Bean(defaultCandidate = false)
        AsyncioLoops second() {
            return AsyncioLoops.builder().loops(1).build();
        }
    }

    @ControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> worse(Worse e) {
            return ResponseEntity.status(HttpStatus.CONFLICT).body("advice: " + e.getMessage());
        }
    }

    static final class TextView extends AbstractView {

        private final String name;

        TextView(String name) {
            this.name = name;
            setSupportedMediaTypes(List.of(MediaType.TEXT_PLAIN));
        }

        @Override
        protected Mono<Void> renderInternal(
                Map<String, Object> model, @Nullable MediaType type, ServerWebExchange exchange) {
            String text = name + " " + model.get("who") + " " + model.get("everywhere");
            var response = exchange.getResponse();
            return response.writeWith(
                    Mono.just(
                            response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
        }
    }

    @RestController
    @RunOnLoop
    static class Items {

        @GetMapping("/item/{name}")
        Item item(@PathVariable String name) {
            await(sleep(Duration.ofMillis(1)));
            int price = await(Mono.delay(Duration.ofMillis(1)).map(_ -> 3));
            return new Item(name, price);
        }

        @GetMapping("/list")
        List<Item> list() {
            return List.of(new Item("a", await(sleep(Duration.ofMillis(1), 1))));
        }

        @GetMapping("/entity")
        ResponseEntity<String> entity() {
            return ResponseEntity.status(await(sleep(Duration.ofMillis(1), 202))).body("yes");
        }

        @GetMapping("/text")
        String text() {
            return await(sleep(Duration.ofMillis(1), "text"));
        }

        @GetMapping("/nothing")
        @ResponseStatus(HttpStatus.NO_CONTENT)
        void nothing() {
            await(sleep(Duration.ofMillis(1)));
        }

        @GetMapping("/none")
        Item none() {
            return await(sleep(Duration.ofMillis(1), null));
        }

        @GetMapping("/number")
        int number() {
            return await(sleep(Duration.ofMillis(1), 42));
        }

        @GetMapping("/flux")
        Flux<String> flux() {
            String first = await(sleep(Duration.ofMillis(1), "a"));
            return Flux.just(first, "b");
        }

        @GetMapping("/generator")
        AsyncGenerator<String> generator() {
            EventLoop own = getRunningLoop();
            var generator =
                    AsyncGenerator.<String>of(g -> {
                        g.yield("a");
                        g.yield(own == getRunningLoop() ? "same" : "other");
                    });
            await(generator.anext()); // from now on it belongs to this loop
            return generator;
        }

        @PostMapping("/price")
        int price(@RequestBody Item item) {
            return item.price() + await(sleep(Duration.ofMillis(1), 1));
        }

        @PostMapping("/valid")
        String valid(@Valid @RequestBody Item item) {
            return "fine";
        }

        @PostMapping("/handled")
        String handled(ServerWebExchange exchange, @RequestBody String body) {
            await(sleep(Duration.ofMillis(1)));
            exchange.getResponse().getHeaders().set("X-Seen", "yes");
            return body;
        }

        @GetMapping("/atmost")
        String atMost(@RequestParam @Max(5) int number) {
            return "fine";
        }

        @GetMapping("/colour")
        String colour(@RequestParam Colour colour) {
            return colour.name();
        }

        @InitBinder
        void editors(WebDataBinder binder) {
            binder.registerCustomEditor(
                    Colour.class,
                    new PropertyEditorSupport() {
                        @Override
                        public void setAsText(String text) {
                            setValue(new Colour(text.toUpperCase(Locale.ROOT)));
                        }
                    });
        }

        @GetMapping("/bad")
        String bad() throws Bad {
            await(sleep(Duration.ofMillis(1)));
            throw new Bad("not good");
        }

        @GetMapping("/worse")
        String worse() {
            await(sleep(Duration.ofMillis(1)));
            throw new Worse("still worse");
        }

        @ExceptionHandler
        Coroutine<ResponseEntity<String>> bad(Bad e) {
            return () ->
                    await(
                            sleep(
                                    Duration.ofMillis(1),
                                    ResponseEntity.badRequest().body("own: " + e.getMessage())));
        }

        @GetMapping("/late")
        String late() {
            try (var _ = timeout(Duration.ofMillis(1))) {
                await(sleep(Duration.ofHours(1)));
            }
            return "never";
        }

        @ExceptionHandler
        ResponseEntity<String> late(TimeoutException e) {
            return ResponseEntity.status(HttpStatus.GATEWAY_TIMEOUT).body("late");
        }

        @GetMapping("/suicide")
        String suicide() {
            currentTask().cancel();
            await(sleep(Duration.ofHours(1)));
            return "never";
        }

        @ExceptionHandler
        ResponseEntity<String> cancelled(CancellationException e) {
            return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(e.getMessage());
        }

        @GetMapping("/exit")
        String exit() {
            throw new SystemExit(3);
        }

        @GetMapping("/context")
        String context() {
            await(sleep(Duration.ofMillis(1)));
            return await(
                    Mono.deferContextual(context ->
                            Mono.just(
                                    context.get(EventLoop.class) == getRunningLoop()
                                            ? "own loop"
                                            : "other loop")));
        }

        @GetMapping("/second")
        @RunOnLoop("second")
        String second() {
            return Integer.toHexString(System.identityHashCode(getRunningLoop()));
        }
    }

    /** With view names and a model. */
    @Controller
    static class Pages {

        @ModelAttribute("everywhere")
        Coroutine<String> everywhere() {
            return sleep(Duration.ofMillis(1), "everywhere");
        }

        @GetMapping("/page/{who}")
        @RunOnLoop
        String page(@PathVariable String who, Model model) {
            await(sleep(Duration.ofMillis(1)));
            model.addAttribute("who", who);
            return "greeting";
        }

        @GetMapping("/plain")
        @ResponseBody
        String plain() {
            return currentTaskOrNull();
        }

        private static String currentTaskOrNull() {
            return asyncio4j.internal.access.LoopAccess.get().currentTask() == null
                    ? "no task"
                    : "a task";
        }
    }

    /** Without the annotation: a Task can only be made on a loop. */
    @RestController
    static class Some {

        @GetMapping("/task")
        Task<Integer> task() {
            return createTask(() -> await(sleep(Duration.ofMillis(1), 42)));
        }

        @GetMapping("/future")
        ResponseEntity<AsyncFuture<String>> future() {
            AsyncFuture<String> future = getRunningLoop().createFuture();
            getRunningLoop().callLater(Duration.ofMillis(1), () -> future.setResult("later"));
            return ResponseEntity.ok(future);
        }

        @PostMapping("/task")
        Coroutine<Integer> take(@RequestBody Task<Item> item) {
            return () -> await(item).price();
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

    private static void expect(String path, int status, String body) throws Exception {
        var response = server.get(path);
        assertThat(response.statusCode() + " " + response.body()).isEqualTo(status + " " + body);
    }

    @Test
    void aMethodAwaitsAndReturnsWhatItLikes() throws Exception {
        expect("/item/tea", 200, "{\"name\":\"tea\",\"price\":3}");
        expect("/list", 200, "[{\"name\":\"a\",\"price\":1}]");
        expect("/entity", 202, "yes");
        expect("/text", 200, "text");
        expect("/nothing", 204, "");
        expect("/none", 200, "");
        expect("/number", 200, "42");
        expect("/flux", 200, "ab");
    }

    @Test
    void aGeneratorThatWasBegunGoesOnOnItsLoop() throws Exception {
        expect("/generator", 200, "same");
    }

    @Test
    void viewNamesAndModelsAreForAwaitingMethodsToo() throws Exception {
        expect("/page/ada", 200, "greeting ada everywhere");
    }

    @Test
    void methodsWithoutTheAnnotationStayWhereTheyWere() throws Exception {
        expect("/plain", 200, "no task");
    }

    @Test
    void argumentsAreReadAndValidatedAsEver() throws Exception {
        assertThat(server.post("/price", "{\"name\":\"tea\",\"price\":6}").body()).isEqualTo("7");
        assertThat(server.post("/valid", "{\"name\":\"\",\"price\":6}").statusCode())
                .isEqualTo(400);
        assertThat(server.post("/valid", "{\"name\":\"tea\",\"price\":6}").body())
                .isEqualTo("fine");
        assertThat(server.get("/atmost?number=6").statusCode()).isEqualTo(400);
        expect("/atmost?number=5", 200, "fine");
        assertThat(server.get("/atmost").statusCode()).isEqualTo(400);
        expect("/colour?colour=red", 200, "RED");
    }

    @Test
    void aMethodMayHaveTheExchange() throws Exception {
        HttpRequest.Builder request =
                server.request("/handled").POST(BodyPublishers.ofString("body"));
        var response = server.send(request);
        assertThat(response.body()).isEqualTo("body");
        assertThat(response.headers().firstValue("X-Seen")).contains("yes");
    }

    @Test
    void exceptionsReachTheHandlers() throws Exception {
        expect("/bad", 400, "own: not good");
        expect("/worse", 409, "advice: still worse");
        expect("/late", 504, "late");
        expect("/suicide", 503, "the task of this request was cancelled");
    }

    @Test
    void aRequestThatAsksToLeaveTheProgramFails() throws Exception {
        assertThat(server.get("/exit").statusCode()).isEqualTo(500);
        for (int i = 0; i < 4; i++) {
            expect("/text", 200, "text"); // all loops go on
        }
    }

    @Test
    void theRequestHasOneLoop() throws Exception {
        expect("/context", 200, "own loop");
    }

    @Test
    void theAnnotationNamesTheLoop() throws Exception {
        EventLoop second = server.context().getBean("second", AsyncioLoops.class).only();
        expect("/second", 200, Integer.toHexString(System.identityHashCode(second)));
    }

    @Test
    void whatReturnsOrTakesATaskRunsOnALoop() throws Exception {
        expect("/task", 200, "42");
        expect("/future", 200, "later");
        assertThat(server.post("/task", "{\"name\":\"tea\",\"price\":6}").body()).isEqualTo("6");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Wrong.class)
    static class WrongApplication {}

    @RestController
    static class Wrong {

        @GetMapping("/wrong")
        @RunOnLoop("environment")
        String wrong() {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Missing.class)
    static class MissingApplication {}

    @RestController
    static class Missing {

        @GetMapping("/missing")
        @RunOnLoop("nowhere")
        String missing() {
            return "";
        }
    }

    @Test
    void aBeanThatIsNoLoopIsRefusedAtTheStart() {
        assertThatThrownBy(() -> Server.of(WrongApplication.class).close())
                .hasStackTraceContaining("that bean is neither an EventLoop nor AsyncioLoops");
        assertThatThrownBy(() -> Server.of(MissingApplication.class).close())
                .hasStackTraceContaining("there is no bean of that name");
    }
}
