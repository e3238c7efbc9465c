package asyncio4j.bridge.spring;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.EventLoop;
import asyncio4j.internal.access.LoopAccess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Mixed traffic for {@code -Dsoak.seconds} with clients that hang up at random; after it nothing is
 * left. docs/spring.md says how to run it for two minutes.
 */
class SoakTest {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final int SECONDS = Integer.getInteger("soak.seconds", 8);

    private static final long SEED = Long.getLong("soak.seed", 20_250_916);

    private static final int CLIENTS = 8;

    /**
     * How long it may take until everything has ended that nobody waits for; the machine may be
     * busy.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the heap may grow by, such as by caches: few bytes for each request. */
    private static final long SLACK = 2 << 20;

    /** So many objects of a class may be more than before: the last ones of pools and threads. */
    private static final long FEW = 40;

    /** Those who tell of what went wrong where nobody could be told. */
    private static final List<String> LOGGERS =
            List.of(
                    "asyncio4j",
                    "reactor.core.publisher.Operators",
                    "io.netty.util.ResourceLeakDetector");

    /** A buffer that Spring's encoders made for an element of a response. */
    private static final Pattern ENCODED =
            Pattern.compile("Created at:[^#]*org\\.springframework\\.(core|http)\\.codec\\.");

    /** What is said to who comes for a body after a cancellation. */
    private static final Pattern REFUSED =
            Pattern.compile(
                    "Rejecting additional inbound receiver"
                            + "|The client response body has been released already due to cancel");

    private final AtomicLong requests = new AtomicLong();

    private final AtomicLong hangUps = new AtomicLong();

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();

    /** Clients hold it to read while they make a request; who holds it to write has quiet. */
    private final ReentrantReadWriteLock traffic = new ReentrantReadWriteLock(true);

    private volatile boolean over;

    private long begin = System.nanoTime();

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // of its own accord it ends much sooner
    void nothingIsLeftOfMixedTraffic() throws Exception {
        try (Server server =
                Server.of(
                        SoakApplication.class,
                        "asyncio4j.loops=2",
                        "logging.level.org.springframework.web.server.adapter=OFF",
                        "logging.level.reactor.netty.http.server=OFF")) {
            SoakApplication application = server.bean(SoakApplication.class);
            List<Logger> loggers = listen();
            List<Thread> clients = new ArrayList<>();
            List<SoakClient> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(
                        new SoakClient(
                                server.port(),
                                server.bean(WebClient.class),
                                SEED + i,
                                requests,
                                hangUps));
            }
            say("seed " + SEED + ", " + CLIENTS + " clients, " + SECONDS + " s");
            try {
                all.getFirst().warmUp();
                begin = System.nanoTime();
                for (SoakClient client : all) {
                    clients.add(Thread.ofPlatform().daemon().start(() -> run(client)));
                }
                sleepUntil(SECONDS / 4.0, server, application);
                State before = quiet(server, application);
                traffic.writeLock().unlock();
                sleepUntil(SECONDS, server, application);
                State after = quiet(server, application);
                over = true;
                traffic.writeLock().unlock();
                for (Thread client : clients) {
                    client.join();
                }
                compare(before, after);
                assertThat(application.accepted).hasValueGreaterThan(hangUps.get() / 2);
                assertThat(application.pools).isNotEmpty();
                for (var each : application.counts()) {
                    assertThat(each.begun).hasPositiveValue();
                }
            } finally {
                over = true;
                application.provider.dispose();
            }
            assertThat(loggers).hasSameSizeAs(LOGGERS);
        }
        assertThat(errors).isEmpty();
        assertThat(reports).isEmpty();
    }

    /** What is left when there is no traffic. */
    private record State(long heap, Map<String, Long> objects, long requests) {}

    private void compare(State before, State after) {
        List<String> grown = new ArrayList<>();
        after.objects.forEach((type, count) -> {
            long earlier = before.objects.getOrDefault(type, 0L);
            if (count > earlier + FEW) {
                grown.add(type + ": " + earlier + ", then " + count);
            }
        });
        say(
                "heap after GC: %,d KiB at a quarter, %,d KiB at the end, %,d requests between"
                        .formatted(
                                before.heap >> 10,
                                after.heap >> 10,
                                after.requests - before.requests));
        assertThat(grown).isEmpty();
        assertThat(after.heap).isLessThanOrEqualTo(before.heap + SLACK);
    }

    private void run(SoakClient client) {
        while (!over) {
            traffic.readLock().lock();
            try {
                if (!over) {
                    client.one();
                }
            } catch (Throwable e) {
                errors.add(e);
                over = true;
            } finally {
                traffic.readLock().unlock();
            }
        }
    }

    /** Lets the clients be for so long, counted from the begin, and says what they have done. */
    private void sleepUntil(double seconds, Server server, SoakApplication application)
            throws InterruptedException {
        long end = begin + (long) (seconds * 1e9);
        for (long left = end - System.nanoTime();
                left > 0 && !over;
                left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, 10_000_000_000L));
            progress(server, application, SoakFigures.heapAfterGc(1));
        }
    }

    private void progress(Server server, SoakApplication application, long heap) {
        say(
                ("%,d requests, %,d hang-ups, %d tasks, %d subscriptions, %d + %d connections,"
                                + " heap after GC %,d KiB")
                        .formatted(
                                requests.get(),
                                hangUps.get(),
                                tasks(server),
                                subscribers(server),
                                application.connections.size(),
                                application.clientConnections(),
                                heap >> 10));
    }

    /** Stops the traffic, sees to it that nothing is left, and measures. The lock is held then. */
    private State quiet(Server server, SoakApplication application) throws Exception {
        traffic.writeLock().lock();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> left = left(server, application);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
            left = left(server, application);
        }
        StringBuilder stacks = new StringBuilder();
        SoakFigures.Fibers fibers = SoakFigures.fibers(stacks);
        Map<String, Long> objects = SoakFigures.liveObjects();
        long heap = SoakFigures.heapAfterGc(5);
        progress(server, application, heap);
        say(
                "handlers: "
                        + application.handlers
                        + "; generators: "
                        + application.generators
                        + "; WebSockets: "
                        + application.sockets
                        + "; "
                        + fibers);
        assertThat(errors).isEmpty();
        assertThat(left).as("left behind; suspended are:%n%s", stacks).isEmpty();
        assertThat(fibers.suspended()).as(stacks.toString()).isZero();
        return new State(heap, objects, requests.get());
    }

    /** What isn't at its end. */
    private static List<String> left(Server server, SoakApplication application) {
        List<String> left = new ArrayList<>();
        check(left, "tasks", tasks(server));
        check(left, "subscriptions", subscribers(server));
        check(left, "connections of the client", application.clientConnections());
        check(left, "connections of the server", serverConnections(application));
        check(left, "handlers", open(application.handlers));
        check(left, "generators", open(application.generators));
        check(left, "WebSockets", open(application.sockets));
        return left;
    }

    private static void check(List<String> left, String what, long count) {
        if (count != 0) {
            left.add(count + " " + what);
        }
    }

    private static long open(SoakApplication.Count count) {
        return count.begun.get() - count.ended.get();
    }

    /** But for those that the client's pool keeps open without using them. */
    private static long serverConnections(SoakApplication application) {
        long idle = application.pools.stream().mapToInt(each -> each.idleSize()).sum();
        return Math.max(0, application.connections.size() - idle);
    }

    private static int tasks(Server server) {
        int tasks = 0;
        for (EventLoop loop : server.loops().all()) {
            tasks += ACCESS.tasks(loop);
        }
        return tasks;
    }

    private static int subscribers(Server server) {
        int subscribers = 0;
        for (LoopThread each : server.loops().threads()) {
            subscribers += each.subscribers();
        }
        return subscribers;
    }

    /** Collects what those loggers say; whoever keeps the loggers keeps this up. */
    private List<Logger> listen() {
        List<Logger> loggers = new ArrayList<>();
        for (String name : LOGGERS) {
            Logger logger = Logger.getLogger(name);
            logger.addHandler(
                    new Handler() {
                        @Override
                        public void publish(LogRecord message) {
                            if (message.getLevel().intValue() >= Level.WARNING.intValue()
                                    && !isExpected(message)) {
                                reports.add(message.getMessage() + ": " + message.getThrown());
                            }
                        }

                        @Override
                        public void flush() {}

                        @Override
                        public void close() {}
                    });
            loggers.add(logger);
        }
        return loggers;
    }

    /**
     * Whether this is of the traffic. WebClient's responses are refused to who comes for them after
     * a cancellation, and a handler may fail when it is cancelled already: Reactor's hook for
     * dropped errors is told then, as nobody else is there to be. And Spring doesn't release what
     * it has encoded of a stream's first element when the client closes just before the response
     * begins, whoever makes the stream.
     */
    private static boolean isExpected(LogRecord message) {
        Throwable error = message.getThrown();
        return error instanceof SoakApplication.Mishap
                || (error instanceof TimeoutException && SoakApplication.isLate(error))
                || error instanceof WebClientResponseException
                || (error instanceof IllegalStateException
                        && REFUSED.matcher(String.valueOf(error.getMessage())).lookingAt())
                || (message.getMessage().startsWith("LEAK: ByteBuf")
                        && ENCODED.matcher(message.getMessage()).find());
    }

    private void say(String what) {
        System.out.printf("soak %3d s: %s%n", (System.nanoTime() - begin) / 1_000_000_000, what);
    }
}
