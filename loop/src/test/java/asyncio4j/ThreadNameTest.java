package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.OnVirtualThreads;
import asyncio4j.testing.VirtualRunner;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What thread dumps call the threads of a loop. */
class ThreadNameTest {

    private final VirtualRunner runner = new VirtualRunner();

    @AfterEach
    void close() {
        runner.close();
    }

    private String loopName() {
        return ((DefaultEventLoop) runner.loop()).name();
    }

    private static String ownName() {
        return Thread.currentThread().getName();
    }

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static Task<String> named(String name, Coroutine<String> body) {
        return createTask(body, TaskOptions.DEFAULT.name(name));
    }

    @Test
    @OnVirtualThreads
    void aTasksThreadBearsItsNameFromItsFirstSuspensionOn() {
        runner.run(() -> {
            Task<String> task =
                    named(
                            "fetch",
                            () -> {
                                assertThat(ownName()).isEqualTo(loopName());
                                turn();
                                return ownName();
                            });
            assertThat(await(task)).isEqualTo(loopName() + " fetch");
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<String> other =
                    named(
                            "other",
                            () -> {
                                await(future);
                                return ownName();
                            });
            turn();
            future.setResult(1);
            assertThat(await(other)).isEqualTo(loopName() + " other");
        });
    }

    @Test
    void aTaskThatDoesntSuspendLeavesThePumpItsName() {
        runner.run(() -> {
            assertThat(await(named("short", ThreadNameTest::ownName))).isEqualTo(loopName());
        });
    }

    @Test
    void whenItsTaskHasEndedThePumpHasItsOwnNameAgain() {
        runner.run(() -> {
            Thread[] first = new Thread[1];
            await(
                    named(
                            "first",
                            () -> {
                                turn();
                                first[0] = Thread.currentThread();
                                return "";
                            }));
            assertThat(first[0].getName()).isEqualTo(loopName());
            assertThat(await(named("next", ThreadNameTest::ownName))).isEqualTo(loopName());
        });
    }

    @Test
    @OnVirtualThreads
    void anotherNameOfTheTaskIsTheThreadsToo() {
        runner.run(() -> {
            Task<String> task =
                    named(
                            "before",
                            () -> {
                                currentTask().setName("early");
                                assertThat(ownName()).isEqualTo(loopName());
                                turn();
                                assertThat(ownName()).isEqualTo(loopName() + " early");
                                currentTask().setName("own");
                                assertThat(ownName()).isEqualTo(loopName() + " own");
                                turn();
                                return ownName();
                            });
            turn();
            turn();
            task.setName("after");
            assertThat(await(task)).isEqualTo(loopName() + " after");
            task.setName("too late");
            assertThat(ownName()).isEqualTo(loopName());
        });
    }

    @Test
    @OnVirtualThreads
    void aTaskWithoutANameLeavesItsThreadTheLoopsUntilItGetsOne() {
        runner.run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Task<String> task =
                    createTask(() -> {
                        turn();
                        assertThat(ownName()).isEqualTo(loopName());
                        await(future);
                        return ownName();
                    });
            turn();
            turn();
            assertThat(task.getName()).startsWith("Task-");
            task.setName("fetch");
            future.setResult(1);
            assertThat(await(task)).isEqualTo(loopName() + " fetch");
            assertThat(ownName()).isEqualTo(loopName());
        });
    }

    @Test
    @OnVirtualThreads
    void aGeneratorsThreadSaysWhoseCodeItRuns() {
        runner.run(() -> {
            AsyncGenerator<String> names =
                    AsyncGenerator.of(g -> {
                        g.yield(ownName());
                        currentTask().setName("renamed inside");
                        turn();
                        g.yield(ownName());
                    });
            Task<String> task =
                    named(
                            "consumer",
                            () -> {
                                assertThat(await(names.anext())).endsWith("ThreadNameTest");
                                assertThat(ownName()).isEqualTo(loopName() + " consumer");
                                String second = await(names.anext());
                                await(names.aclose());
                                assertThat(ownName()).isEqualTo(loopName() + " renamed inside");
                                return second;
                            });
            assertThat(await(task))
                    .isEqualTo(loopName() + " generator " + ThreadNameTest.class.getName());
        });
    }

    private void theOneThatWaits() {
        await(sleep(Duration.ofHours(1)));
    }

    @Test
    @OnVirtualThreads
    void aRealThreadDumpShowsTheTaskAboveItsStack(@TempDir Path folder) {
        runner.run(() -> {
            createTask(this::theOneThatWaits, TaskOptions.DEFAULT.name("sleeper 7"));
            turn();
            String dump = dump(folder.resolve("threads.txt"));
            Pattern thread =
                    Pattern.compile(
                            "\"" + loopName() + " sleeper 7\" virtual.*?(?=\\R\\R|\\z)",
                            Pattern.DOTALL);
            assertThat(thread.matcher(dump).results().map(MatchResult::group))
                    .singleElement()
                    .asString()
                    .contains("asyncio4j.ThreadNameTest.theOneThatWaits(");
        });
    }

    private static String dump(Path file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
        return Files.readString(file);
    }
}
