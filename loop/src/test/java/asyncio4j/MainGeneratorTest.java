package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.child.ShutdownPrograms;
import asyncio4j.testing.ChildJvm;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A generator as the main program. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MainGeneratorTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Object> log = new ArrayList<>();

    @Test
    void anInterruptClosesItAndTheFlagStays() {
        Thread waiting = Thread.currentThread();
        runner.runner.runForever(g -> {
            log.add("starts");
            getRunningLoop().callSoon(waiting::interrupt);
            try {
                g.yield("ready");
                log.add("never");
            } finally {
                await(sleep(Duration.ofMillis(1)));
                log.add("stops");
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log).containsExactly("starts", "stops");
    }

    @Test
    void oneThatNeverYieldsIsNotWaitedFor() {
        runner.runner.runForever(_ -> log.add("done"));
        assertThat(log).containsExactly("done");
    }

    @Test
    void whatTheStartThrowsComesOutAsItIs() {
        IllegalStateException failure = new IllegalStateException("no port is free");
        assertThatThrownBy(() ->
                        runner.runner.runForever(_ -> {
                            throw failure;
                        }))
                .isSameAs(failure);
    }

    @Test
    void whatTheEndThrowsComesOutAsItIs() {
        IllegalStateException failure = new IllegalStateException("can't be stopped");
        Thread waiting = Thread.currentThread();
        assertThatThrownBy(() ->
                        runner.runner.runForever(g -> {
                            getRunningLoop().callSoon(waiting::interrupt);
                            try {
                                g.yield("ready");
                            } catch (GeneratorExit e) {
                                throw failure;
                            }
                        }))
                .isSameAs(failure);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aStopDuringTheStartEndsItThere() {
        Thread waiting = Thread.currentThread();
        runner.runner.runForever(g -> {
            getRunningLoop().callSoon(waiting::interrupt);
            try {
                await(getRunningLoop().createFuture());
                g.yield("never");
            } finally {
                log.add("stops");
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log).containsExactly("stops");
    }

    @Test
    void nullIsRefused() {
        assertThatThrownBy(() -> runner.runner.runForever(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the body is null");
    }

    @ParameterizedTest
    @CsvSource({"INT, 0", "TERM, 143", "HUP, 129"})
    void signalsCloseIt(String signal, int exitCode) throws Exception {
        try (ChildJvm child = ChildJvm.start(ShutdownPrograms.class, "mainGenerator")) {
            assertThat(child.line()).isEqualTo("awaiting");
            child.signal(signal);
            assertThat(child.line()).isEqualTo("stopped");
            assertThat(child.rest()) // the JVM ends at once, whatever its other threads still say
                    .isSubsetOf("returned", "end");
            assertThat(child.exitCode()).isEqualTo(exitCode);
            assertThat(child.errors()).isEmpty();
        }
    }
}
