package asyncio4j.bridge.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Spring Boot application on Netty and a free port, and a client for it. */
final class Server implements AutoCloseable {

    /** Security is on the class path, and would guard every application. */
    static final String WITHOUT_SECURITY =
            "spring.autoconfigure.exclude="
                    + "org.springframework.boot.security.autoconfigure.web.reactive"
                    + ".ReactiveWebSecurityAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure.actuate.web.reactive"
                    + ".ReactiveManagementWebSecurityAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure"
                    + ".ReactiveUserDetailsServiceAutoConfiguration";

    private final ConfigurableApplicationContext context;

    private final HttpClient client = HttpClient.newHttpClient();

    private Server(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts {@code application}; the properties are {@code name=value}. */
    static Server of(Class<?> application, String... properties) {
        List<String> all = new ArrayList<>(Arrays.asList(properties));
        all.add("server.address=127.0.0.1");
        all.add("server.port=0");
        all.add("spring.reactor.netty.shutdown-quiet-period=0");
        if (Arrays.stream(properties).noneMatch(each -> each.startsWith("spring.autoconfigure"))) {
            all.add(WITHOUT_SECURITY);
        }
        return new Server(context(application, WebApplicationType.REACTIVE, all));
    }

    /** An application without a web server. */
    static ConfigurableApplicationContext plain(Class<?> application, String... properties) {
        return context(application, WebApplicationType.NONE, List.of(properties));
    }

    private static ConfigurableApplicationContext context(
            Class<?> application, WebApplicationType type, List<String> properties) {
        SpringApplication spring = new SpringApplication(application);
        spring.setWebApplicationType(type);
        spring.setRegisterShutdownHook(false);
        List<String> arguments = new ArrayList<>();
        arguments.add("--spring.main.banner-mode=off");
        arguments.add("--logging.level.root=WARN");
        for (String each : properties) {
            arguments.add("--" + each);
        }
        return spring.run(arguments.toArray(String[]::new));
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    AsyncioLoops loops() {
        return bean(AsyncioLoops.class);
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getProperty("local.server.port", "0"));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path));
    }

    HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    @Override
    public void close() {
        client.close();
        context.close();
    }
}
