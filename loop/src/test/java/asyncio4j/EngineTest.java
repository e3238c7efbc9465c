package asyncio4j;

import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.ChildJvm;
import asyncio4j.testing.OnContinuations;
import asyncio4j.testing.OnVirtualThreads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** Which engine a loop gets. */
@Timeout(120)
class EngineTest {

    private static final String PROPERTY = "-Dasyncio4j.engine=";

    private static final String FLAG = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";

    /** What the child says. */
    private static List<String> outcome(String... options) throws Exception {
        try (ChildJvm child = ChildJvm.start(EngineTest.class, "", options)) {
            return child.rest();
        }
    }

    /** Says on which engine a loop is, and which thread a task has, or what is wrong. */
    public static void main(String[] args) {
        try {
            System.out.println(
                    run(() -> Asyncio.getRunningLoop().getEngine())
                            + " "
                            + run(() -> Thread.currentThread().isVirtual()));
        } catch (IllegalStateException | IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    @OnVirtualThreads
    void withoutTheFlagItIsVirtualThreads() {
        assertThat(Engine.CONTINUATIONS.isAvailable()).isFalse();
        assertThat(Engine.VIRTUAL_THREADS.isAvailable()).isTrue();
        try (EventLoop loop = newEventLoop()) {
            assertThat(loop.getEngine()).isEqualTo(Engine.VIRTUAL_THREADS);
        }
    }

    @Test
    @OnVirtualThreads
    void continuationsThatAreAskedForAndAreNotThereAreRefusedWithTheFlagToAdd() {
        for (var asking :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> Runner.builder().engine(Engine.CONTINUATIONS),
                        () -> newEventLoop(LoopOptions.DEFAULT.engine(Engine.CONTINUATIONS)))) {
            assertThatThrownBy(asking)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            "the engine of continuations was asked for and is not there: start java"
                                    + " with --add-exports java.base/jdk.internal.vm=ALL-UNNAMED,"
                                    + " or have Add-Exports: java.base/jdk.internal.vm in the"
                                    + " manifest of the application's jar, or ask for"
                                    + " virtual-threads");
        }
    }

    @Test
    @OnVirtualThreads
    void thePropertyAsksToo() throws Exception {
        assertThat(outcome(PROPERTY + "continuations"))
                .singleElement()
                .asString()
                .startsWith(
                        "the engine of continuations was asked for by the system property"
                                + " asyncio4j.engine and is not there: start java with");
        assertThat(outcome(PROPERTY + " Virtual-Threads ")).containsExactly("VIRTUAL_THREADS true");
        assertThat(outcome(PROPERTY + "fibers"))
                .containsExactly(
                        "asyncio4j.engine is 'fibers': set it to virtual-threads or continuations");
        assertThat(outcome(FLAG, PROPERTY + "continuations"))
                .containsExactly("CONTINUATIONS false");
    }

    @Test
    @OnVirtualThreads
    void aManifestThatExportsThePackageIsEnough(@TempDir Path folder) throws Exception {
        Path jar = folder.resolve("app.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, EngineTest.class.getName());
        attributes.put(new Attributes.Name("Add-Exports"), "java.base/jdk.internal.vm");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        try (OutputStream file = Files.newOutputStream(jar)) {
            new JarOutputStream(file, manifest).close();
        }
        Process java =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-jar",
                                jar.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var said = java.inputReader()) {
            assertThat(said.readLine()).isEqualTo("CONTINUATIONS false");
        }
    }

    @Test
    @OnContinuations
    void withTheFlagItIsContinuationsUnlessTheyAreRefused() throws Exception {
        assertThat(Engine.CONTINUATIONS.isAvailable()).isTrue();
        try (EventLoop loop = newEventLoop()) {
            assertThat(loop.getEngine()).isEqualTo(Engine.CONTINUATIONS);
        }
        assertThat(outcome(PROPERTY + "virtual-threads")).containsExactly("VIRTUAL_THREADS true");
        try (Runner runner = Runner.builder().engine(Engine.VIRTUAL_THREADS).build()) {
            assertThat(runner.getLoop().getEngine()).isEqualTo(Engine.VIRTUAL_THREADS);
            assertThat(runner.<Boolean>run(() -> Thread.currentThread().isVirtual())).isTrue();
        }
    }

    @Test
    void anEngineAndALoopFactoryAreOneTooMany() {
        assertThatThrownBy(() ->
                        Runner.builder()
                                .engine(Engine.VIRTUAL_THREADS)
                                .loopFactory(Asyncio::newEventLoop)
                                .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("newEventLoop(LoopOptions.DEFAULT.engine(...))");
    }

    @Test
    void nullsAreRefused() {
        assertThatThrownBy(() -> Runner.builder().engine(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("leave it out");
        assertThatThrownBy(() -> LoopOptions.DEFAULT.engine(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("leave it out");
        assertThatThrownBy(() -> newEventLoop((LoopOptions) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("leave them out");
    }

    @Test
    void aLoopOnATestsTimeMayHaveEitherEngine() {
        VirtualClock clock = new VirtualClock();
        try (EventLoop loop =
                newEventLoop(LoopOptions.DEFAULT.clock(clock).engine(Engine.VIRTUAL_THREADS))) {
            assertThat(loop.getEngine()).isEqualTo(Engine.VIRTUAL_THREADS);
            loop.runUntilComplete(Asyncio.sleep(java.time.Duration.ofHours(1)));
            assertThat(clock.time()).isEqualTo(java.time.Duration.ofHours(1));
        }
    }
}
