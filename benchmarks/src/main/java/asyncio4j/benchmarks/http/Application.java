package asyncio4j.benchmarks.http;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

import java.util.Map;

/** The application under load: all ways in one, each at a path of its own. */
@SpringBootApplication
public class Application {

    public static void main(String[] args) {
        var application = new SpringApplication(Application.class);
        application.setDefaultProperties(
                Map.of(
                        "server.address", "127.0.0.1",
                        "server.port", 0,
                        "spring.main.banner-mode", "off"));
        application.run(args);
    }

    @EventListener
    void serving(WebServerInitializedEvent event) {
        System.out.println("port " + event.getWebServer().getPort());
    }
}
