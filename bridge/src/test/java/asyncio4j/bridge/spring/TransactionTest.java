package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.AsyncGenerator;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code @Transactional} on a real database. */
class TransactionTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableTransactionManagement(proxyTargetClass = true)
    @Import({Accounts.class, Plain.class, Outer.class, Orders.class})
    static class Application {

        @Bean
        ConnectionFactory connections() {
            return ConnectionFactories.get("r2dbc:h2:mem:///accounts;DB_CLOSE_DELAY=-1");
        }

        @Bean
        R2dbcTransactionManager transactions(ConnectionFactory connections) {
            return new R2dbcTransactionManager(connections);
        }

        @Bean
        DatabaseClient database(ConnectionFactory connections) {
            return DatabaseClient.create(connections);
        }
    }

    /** What all rows are made by: it joins the transaction, if there is one. */
    static void insert(DatabaseClient database, String name) {
        Long rows =
                await(
                        database.sql("INSERT INTO account VALUES (:name)")
                                .bind("name", name)
                                .fetch()
                                .rowsUpdated());
        assertThat(rows).isEqualTo(1);
        await(sleep(Duration.ofMillis(1)));
    }

    static boolean active() {
        return Boolean.TRUE.equals(
                await(
                        TransactionSynchronizationManager.forCurrentTransaction()
                                .map(manager -> manager.isActualTransactionActive())
                                .onErrorReturn(false)));
    }

    /** Methods that return the library's types. */
    static class Accounts {

        private final DatabaseClient database;

        Accounts(DatabaseClient database) {
            this.database = database;
        }

        @Transactional
        public Coroutine<Integer> add(String... names) {
            return () -> {
                for (String name : names) {
                    insert(database, name);
                    if (name.equals("bad")) {
                        throw new IllegalStateException(name);
                    }
                }
                assertThat(active()).isTrue();
                return names.length;
            };
        }

        @Transactional
        public VoidCoroutine addOnly(String name) {
            return () -> insert(database, name);
        }

        @Transactional
        public AsyncGenerator<String> addAndList(String... names) {
            return AsyncGenerator.of(g -> {
                for (String name : names) {
                    insert(database, name);
                    g.yield(name);
                    if (name.equals("bad")) {
                        throw new IllegalStateException(name);
                    }
                }
            });
        }

        @Transactional
        public Task<Integer> addInTask(String name) {
            return createTask(() -> {
                insert(database, name);
                return 1;
            });
        }
    }

    /** Methods that just await. */
    static class Plain {

        private final DatabaseClient database;

        Plain(DatabaseClient database) {
            this.database = database;
        }

        @Transactional
        public int add(String... names) {
            Task<?> caller = currentTask();
            for (String name : names) {
                insert(database, name);
                if (name.equals("bad")) {
                    throw new IllegalStateException(name);
                }
            }
            assertThat(active()).isTrue();
            assertThat(currentTask()).isSameAs(caller);
            return names.length;
        }

        @Transactional
        public void addChecked(String name) throws IOException {
            insert(database, name);
            throw new IOException("no reason to roll back");
        }

        @Transactional(rollbackFor = IOException.class)
        public void addCheckedBack(String name) throws IOException {
            insert(database, name);
            throw new IOException("a reason to roll back");
        }

        @Transactional
        public void addAndWait(String name, CompletableFuture<String> inserted) {
            insert(database, name);
            inserted.complete(name);
            await(sleep(Duration.ofHours(1)));
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void addAnyway(String name) {
            insert(database, name);
        }

        @Transactional(propagation = Propagation.MANDATORY)
        public void join(String name) {
            insert(database, name);
        }
    }

    static class Outer {

        private final Plain plain;

        Outer(Plain plain) {
            this.plain = plain;
        }

        @Transactional
        public void both() {
            plain.addAnyway("kept");
            plain.join("lost");
            throw new IllegalStateException("all but what has a transaction of its own");
        }
    }

    @RestController
    @RunOnLoop
    static class Orders {

        private final DatabaseClient database;

        Orders(DatabaseClient database) {
            this.database = database;
        }

        @PostMapping("/orders/{name}")
        @Transactional
        public String order(@PathVariable String name) {
            insert(database, name);
            if (name.equals("bad")) {
                throw new IllegalStateException(name);
            }
            return "done";
        }
    }

    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.of(Application.class, "asyncio4j.loops=2");
        server.bean(DatabaseClient.class)
                .sql("CREATE TABLE account (name VARCHAR(20) NOT NULL)")
                .then()
                .block();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void empty() {
        server.bean(DatabaseClient.class).sql("DELETE FROM account").then().block();
    }

    private static List<String> names() {
        return server.bean(DatabaseClient.class)
                .sql("SELECT name FROM account ORDER BY name")
                .map(row -> row.get(0, String.class))
                .all()
                .collectList()
                .block();
    }

    private static <T> T run(Coroutine<T> coroutine) {
        return server.loops().mono(coroutine).block(Duration.ofMinutes(1));
    }

    private static void run(VoidCoroutine coroutine) {
        run(Coroutine.of(coroutine));
    }

    private static Accounts accounts() {
        return server.bean(Accounts.class);
    }

    private static Plain plain() {
        return server.bean(Plain.class);
    }

    @Test
    void aCoroutineIsCommitted() {
        assertThat(run(() -> await(accounts().add("a", "b")))).isEqualTo(2);
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void aCoroutineThatFailsIsRolledBack() {
        assertThatThrownBy(() -> run(() -> await(accounts().add("a", "bad")))).hasMessage("bad");
        assertThat(names()).isEmpty();
    }

    @Test
    void aCoroutineWithoutAResultIsCommitted() {
        run(() -> accounts().addOnly("a").run());
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aGeneratorIsCommittedAtItsEnd() {
        run(() -> {
            List<String> seen = new ArrayList<>();
            try (var generator = accounts().addAndList("a", "b")) {
                generator.forEach(seen::add);
            }
            assertThat(seen).containsExactly("a", "b");
        });
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void aGeneratorThatFailsIsRolledBack() {
        assertThatThrownBy(() ->
                        run(() -> {
                            try (var all = accounts().addAndList("a", "bad")) {
                                all.forEach(_ -> {});
                            }
                        }))
                .hasMessage("bad");
        assertThat(names()).isEmpty();
    }

    @Test
    void aTaskIsCommitted() {
        run(() -> await(accounts().addInTask("a")));
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aMethodThatAwaitsIsCommitted() {
        assertThat(run(() -> plain().add("a", "b"))).isEqualTo(2);
        assertThat(names()).containsExactly("a", "b");
    }

    @Test
    void aMethodThatFailsIsRolledBack() {
        assertThatThrownBy(() -> run(() -> plain().add("a", "bad"))).hasMessage("bad");
        assertThat(names()).isEmpty();
    }

    @Test
    void theAnnotationSaysWhichExceptionsRollBack() {
        assertThatThrownBy(() -> run(() -> plain().addChecked("a")))
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(names()).containsExactly("a");
        assertThatThrownBy(() -> run(() -> plain().addCheckedBack("b")))
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(names()).containsExactly("a");
    }

    @Test
    void whatIsCancelledIsRolledBackBeforeItEnds() {
        run(() -> {
            CompletableFuture<String> inserted = new CompletableFuture<>();
            Task<?> task = createTask(() -> plain().addAndWait("a", inserted));
            await(inserted);
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
            assertThat(count()).isZero(); // and not only a little later
        });
    }

    private static long count() {
        return await(
                server.bean(DatabaseClient.class)
                        .sql("SELECT COUNT(*) FROM account")
                        .mapValue(Long.class)
                        .one());
    }

    @Test
    void transactionsNest() {
        Outer outer = server.bean(Outer.class);
        assertThatThrownBy(() -> run(() -> outer.both())).hasMessageContaining("all but");
        assertThat(names()).containsExactly("kept");
        assertThatThrownBy(() -> run(() -> plain().join("none"))).hasMessageContaining("mandatory");
    }

    @Test
    void aControllersMethodIsTransactional() throws Exception {
        var request = server.request("/orders/good").POST(BodyPublishers.noBody());
        assertThat(server.send(request).body()).isEqualTo("done");
        request = server.request("/orders/bad").POST(BodyPublishers.noBody());
        assertThat(server.send(request).statusCode()).isEqualTo(500);
        assertThat(names()).containsExactly("good");
    }

    @Test
    void theTransactionIsOverWhenTheMethodReturns() {
        run(() -> {
            plain().add("a");
            assertThat(active()).isFalse();
            assertThat(getRunningLoop().isRunning()).isTrue();
        });
    }
}
