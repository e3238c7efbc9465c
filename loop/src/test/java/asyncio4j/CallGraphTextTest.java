package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.formatCallGraph;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.printCallGraph;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.testing.Tasks.named;
import static asyncio4j.testing.Tasks.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** A call graph as text. */
class CallGraphTextTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private static void step(AsyncFuture<?> future) {
        await(future);
    }

    /** Line numbers and identities are the same each time then. */
    private static String plain(String text) {
        return text.replaceAll("java:\\d+", "java:1").replaceAll("0x[0-9a-f]+", "0x1");
    }

    @Test
    void eachTaskHasItsStackAndThenThoseWhoAwaitIt() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> a = named("a", () -> step(future));
            named("b", () -> step(a));
            settle();
            assertThat(plain(formatCallGraph(future)).replaceAll("lambda.*\\(", "lambda("))
                    .isEqualTo(
                            """
                            * Future(id=0x1)
                              + Awaited by:
                                * Task(name='a', id=0x1)
                                  + Call stack:
                                  |   at asyncio4j.CallGraphTextTest.step(CallGraphTextTest.java:1)
                                  |   at asyncio4j.CallGraphTextTest.lambda(CallGraphTextTest.java:1)
                                  + Awaited by:
                                    * Task(name='b', id=0x1)
                                      + Call stack:
                                      |   at asyncio4j.CallGraphTextTest.step(CallGraphTextTest.java:1)
                                      |   at asyncio4j.CallGraphTextTest.lambda(CallGraphTextTest.java:1)\
                            """);
            future.setResult(1);
        });
    }

    @Test
    void whoIsThereTwiceIsShownOnce() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<?> a = named("a", () -> await(future));
            Task<?> b = named("b", () -> await(future));
            Task<?> both = named("both", () -> await(gather(List.of(a, b))));
            named("top", () -> await(both));
            settle();
            assertThat(plain(formatCallGraph(future, CallGraphOptions.DEFAULT.limit(0))))
                    .isEqualTo(
                            """
                            * Future(id=0x1)
                              + Awaited by:
                                * Task(name='a', id=0x1)
                                  + Awaited by:
                                    * Task(name='both', id=0x1)
                                      + Awaited by:
                                        * Task(name='top', id=0x1)
                                * Task(name='b', id=0x1)
                                  + Awaited by:
                                    * Task(name='both', id=0x1) (shown above)\
                            """);
            future.setResult(1);
        });
    }

    @Test
    void aCircleIsSaidToBeOne() {
        runner.run(() -> {
            Task<?>[] ring = new Task<?>[2];
            ring[0] = named("a", () -> await(shield(ring[1])));
            ring[1] = named("b", () -> await(shield(ring[0])));
            settle();
            assertThat(plain(formatCallGraph(ring[0], CallGraphOptions.DEFAULT.limit(0))))
                    .isEqualTo(
                            """
                            * Task(name='a', id=0x1)
                              + Awaited by:
                                * Task(name='b', id=0x1)
                                  + Awaited by:
                                    * Task(name='a', id=0x1) (a cycle: it awaits itself)\
                            """);
            ring[0].cancel();
            ring[1].cancel();
        });
    }

    @Test
    void itPrintsToWhateverTakesText() throws IOException {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            StringBuilder text = new StringBuilder();
            printCallGraph(future, CallGraphOptions.DEFAULT, text);
            assertThat(text).hasToString(formatCallGraph(future) + System.lineSeparator());
            PrintStream before = System.out;
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            System.setOut(new PrintStream(bytes, true, UTF_8));
            try {
                printCallGraph(future);
                printCallGraph();
            } finally {
                System.setOut(before);
            }
            assertThat(bytes.toString(UTF_8))
                    .startsWith(text)
                    .contains("Task(name='Task-")
                    .contains("CallGraphTextTest.");
        });
    }

    @Test
    void whatCantBePrintedIsAnError() {
        runner.run(() -> {
            Appendable full =
                    new Appendable() {
                        @Override
                        public Appendable append(CharSequence text) throws IOException {
                            throw new IOException("full");
                        }

                        @Override
                        public Appendable append(CharSequence text, int start, int end)
                                throws IOException {
                            throw new IOException("full");
                        }

                        @Override
                        public Appendable append(char c) throws IOException {
                            throw new IOException("full");
                        }
                    };
            assertThatThrownBy(() -> printCallGraph(null, CallGraphOptions.DEFAULT, full))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("full");
            assertThatThrownBy(() -> printCallGraph(null, CallGraphOptions.DEFAULT, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("System.out");
        });
    }
}
