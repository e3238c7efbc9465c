package asyncio4j.samples.bar;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ClassPathResource;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.connection.init.ConnectionFactoryInitializer;
import org.springframework.r2dbc.connection.init.ResourceDatabasePopulator;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.web.reactive.function.client.WebClient;

import java.util.Map;

/** The application: its database, and its start. */
@SpringBootApplication
@EnableTransactionManagement
public class BarApplication {

    /**
     * Starts it.
     *
     * @param port where to listen; 0 for a free port
     * @return what runs
     */
    public static ConfigurableApplicationContext start(int port) {
        var application = new SpringApplication(BarApplication.class);
        application.setDefaultProperties(
                Map.of(
                        "server.address",
                        "127.0.0.1",
                        "server.port",
                        port,
                        "spring.main.banner-mode",
                        "off",
                        "asyncio4j.loops",
                        1)); // all of the bar on one loop
        return application.run();
    }

    @EventListener
    void serving(WebServerInitializedEvent event) {
        System.out.println(
                "serving; open http://127.0.0.1:" + event.getWebServer().getPort() + "/");
        System.out.println("and stop it with Ctrl-C");
    }

    @Bean
    ConnectionFactory connectionFactory() {
        return ConnectionFactories.get("r2dbc:h2:mem:///bar?options=DB_CLOSE_DELAY=-1");
    }

    @Bean
    ConnectionFactoryInitializer tables(ConnectionFactory database) {
        var initializer = new ConnectionFactoryInitializer();
        initializer.setConnectionFactory(database);
        initializer.setDatabasePopulator(
                new ResourceDatabasePopulator(new ClassPathResource("bar.sql")));
        return initializer;
    }

    @Bean
    DatabaseClient databaseClient(ConnectionFactory database) {
        return DatabaseClient.create(database);
    }

    @Bean
    ReactiveTransactionManager transactions(ConnectionFactory database) {
        return new R2dbcTransactionManager(database);
    }

    @Bean
    WebClient.Builder webClient() {
        return WebClient.builder();
    }
}
