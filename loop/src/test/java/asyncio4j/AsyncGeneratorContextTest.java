package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A body runs in its consumer's context. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class AsyncGeneratorContextTest {

    private static final ContextVar<String> VAR = ContextVar.withDefault("var", "none");

    private static final Duration TICK = Duration.ofMillis(10);

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> log = new ArrayList<>();

    @Test
    void contextIsTheConsumersBothWays() {
        runner.run(() -> {
            AsyncGenerator<Integer> generator =
                    AsyncGenerator.of(g -> {
                        for (int i = 1; i <= 3; i++) {
                            log.add("body sees " + VAR.get());
                            await(sleep(TICK));
                            VAR.set("body " + i);
                            g.yield(i);
                        }
                    });
            VAR.set("consumer");
            await(generator.anext());
            log.add("consumer sees " + VAR.get());
            await(
                    createTask(() -> {
                        VAR.set("other");
                        await(generator.anext());
                        log.add("other sees " + VAR.get());
                    }));
            log.add("consumer sees " + VAR.get());
            await(generator.anext());
            log.add("consumer sees " + VAR.get());
            await(generator.aclose());
        });
        assertThat(log)
                .containsExactly(
                        "body sees consumer",
                        "consumer sees body 1",
                        "body sees other",
                        "other sees body 2",
                        "consumer sees body 1",
                        "body sees body 1",
                        "consumer sees body 3");
    }

    @Test
    void tokenOfTheBodyIsGoodInTheConsumer() {
        runner.run(() -> {
            AsyncGenerator<ContextVar.Token<String>> generator =
                    AsyncGenerator.of(g -> g.yield(VAR.set("body")));
            ContextVar.Token<String> token = await(generator.anext());
            assertThat(VAR.get()).isEqualTo("body");
            VAR.reset(token);
            assertThat(VAR.get()).isEqualTo("none");
            await(generator.aclose());
        });
    }

    @Test
    void consumerMayAskInAContextThatItEntered() {
        runner.run(() -> {
            AsyncGenerator<String> generator =
                    AsyncGenerator.of(g -> {
                        for (int i = 1; i <= 3; i++) {
                            VAR.set(VAR.get() + i);
                            g.yield(VAR.get());
                        }
                    });
            Context other = new Context();
            log.add(await(generator.anext()));
            log.add(other.run(() -> await(generator.anext())));
            log.add(await(generator.anext()));
            assertThat(other.get(VAR, "unset")).isEqualTo("none2");
            await(generator.aclose());
        });
        assertThat(log).containsExactly("none1", "none2", "none13");
    }
}
