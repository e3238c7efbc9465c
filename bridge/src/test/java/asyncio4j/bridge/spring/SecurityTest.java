package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncGenerator;
import asyncio4j.Coroutine;

import io.micrometer.context.ContextRegistry;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Base64;

/** Who is logged in, and the logger's context, in coroutines. */
class SecurityTest {

    private static final String MDC_KEY = "user";

    private static final String NO_EXCLUSION = "spring.autoconfigure.exclude=";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity(proxyTargetClass = true)
    @Import(Pages.class)
    static class Application {

        @Bean
        MapReactiveUserDetailsService users() {
            return new MapReactiveUserDetailsService(
                    User.withUsername("ada").password("{noop}pw").roles("ADMIN").build(),
                    User.withUsername("bob").password("{noop}pw").roles("USER").build());
        }

        @Bean
        WebFilter logContext() {
            return (exchange, chain) ->
                    exchange.getPrincipal()
                            .flatMap(who ->
                                    chain.filter(exchange)
                                            .contextWrite(context ->
                                                    context.put(MDC_KEY, "mdc " + who.getName())));
        }
    }

    private static String reactive() {
        return await(
                ReactiveSecurityContextHolder.getContext()
                        .map(context -> context.getAuthentication().getName()));
    }

    private static String local() {
        Authentication who = SecurityContextHolder.getContext().getAuthentication();
        return who == null ? "nobody" : who.getName();
    }

    private static String all() {
        return reactive() + ", " + local() + ", " + MDC.get(MDC_KEY);
    }

    @RestController
    static class Pages {

        @GetMapping("/coroutine")
        Coroutine<String> coroutine() {
            return () -> {
                String before = all();
                await(sleep(Duration.ofMillis(1)));
                String after = all();
                String child = await(createTask(() -> all()));
                return before + "; " + after + "; " + child;
            };
        }

        @GetMapping("/generator")
        AsyncGenerator<String> generator() {
            return AsyncGenerator.of(g -> {
                for (int i = 0; i < 3; i++) {
                    g.yield(all() + ";");
                    await(sleep(Duration.ofMillis(1)));
                }
            });
        }

        @GetMapping("/plain")
        @RunOnLoop
        public String plain(Principal principal) {
            String before = all();
            await(sleep(Duration.ofMillis(1)));
            return principal.getName() + "; " + before + "; " + all();
        }

        @GetMapping("/admin")
        @RunOnLoop
        @PreAuthorize("hasRole('ADMIN')")
        public String admin() {
            return await(sleep(Duration.ofMillis(1), "secret"));
        }

        @GetMapping("/deferred")
        @RunOnLoop
        @PreAuthorize("hasRole('ADMIN')")
        public Coroutine<String> deferred() {
            return sleep(Duration.ofMillis(1), "secret");
        }
    }

    private static Server server;

    @BeforeAll
    static void start() {
        ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        MDC_KEY,
                        () -> MDC.get(MDC_KEY),
                        value -> MDC.put(MDC_KEY, value),
                        () -> MDC.remove(MDC_KEY));
        server = Server.of(Application.class, NO_EXCLUSION);
    }

    @AfterAll
    static void stop() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(MDC_KEY);
        server.close();
    }

    private static HttpResponse<String> get(String path, String user) throws Exception {
        String credentials =
                Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
        return server.send(server.request(path).header("Authorization", "Basic " + credentials));
    }

    @Test
    void aCoroutineSeesItAfterEveryAwait() throws Exception {
        String one = "ada, ada, mdc ada";
        assertThat(get("/coroutine", "ada").body()).isEqualTo(one + "; " + one + "; " + one);
        String other = "bob, bob, mdc bob";
        assertThat(get("/coroutine", "bob").body()).isEqualTo(other + "; " + other + "; " + other);
    }

    @Test
    void aGeneratorSeesItAtEveryItem() throws Exception {
        assertThat(get("/generator", "ada").body()).isEqualTo("ada, ada, mdc ada;".repeat(3));
    }

    @Test
    void aMethodThatAwaitsSeesIt() throws Exception {
        assertThat(get("/plain", "ada").body())
                .isEqualTo("ada; ada, ada, mdc ada; ada, ada, mdc ada");
    }

    @Test
    void whoIsNotLoggedInIsRefused() throws Exception {
        assertThat(server.get("/plain").statusCode()).isEqualTo(401);
    }

    @Test
    void preAuthorizeGuardsMethodsThatAwait() throws Exception {
        assertThat(get("/admin", "ada").body()).isEqualTo("secret");
        assertThat(get("/admin", "bob").statusCode()).isEqualTo(403);
        assertThat(get("/deferred", "ada").body()).isEqualTo("secret");
        assertThat(get("/deferred", "bob").statusCode()).isEqualTo(403);
    }

    @Test
    void nothingOfARequestIsLeftOnTheLoop() throws Exception {
        assertThat(get("/plain", "ada").statusCode()).isEqualTo(200);
        for (var loop : server.loops().all()) {
            assertThat(asyncio4j.bridge.Bridge.mono(loop, () -> local() + MDC.get(MDC_KEY)).block())
                    .isEqualTo("nobodynull");
        }
    }
}
