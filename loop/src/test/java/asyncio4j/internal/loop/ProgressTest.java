package asyncio4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.fiber.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the word says at each point of a loop's course. */
class ProgressTest {

    private final LoopCore core = new LoopCore(this, Clock.system(), "progress");

    private final Progress progress = core.progress();

    @AfterEach
    void close() {
        core.close();
    }

    private static Step step(Runnable action, boolean light) {
        return new Step() {
            @Override
            public boolean light() {
                return light;
            }

            @Override
            public void run() {
                action.run();
            }
        };
    }

    private static void assertGrowing(List<Long> words) {
        assertThat(words).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void whatIsntRunIsIdle() {
        long before = progress.word();
        assertThat(Progress.isIdle(before)).isTrue();
        core.add(step(core::stop, false));
        core.run(() -> {});
        assertThat(Progress.isIdle(progress.word())).isTrue();
        assertThat(progress.word()).isGreaterThan(before);
    }

    @Test
    void everyStepHasAWordOfItsOwnLightOnesToo() {
        List<Long> words = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            core.add(step(() -> words.add(progress.word()), i == 1));
        }
        core.add(step(core::stop, false));
        core.run(() -> {});
        core.add(step(() -> words.add(progress.word()), false)); // in another run
        core.add(step(core::stop, false));
        core.run(() -> {});
        assertThat(words).hasSize(4).noneMatch(Progress::isIdle);
        assertGrowing(words);
    }

    @Test
    void theWordStaysAsItIsForTheWholeStep() {
        List<Long> words = new ArrayList<>();
        core.add(
                step(
                        () -> {
                            words.add(progress.word());
                            core.add(step(core::stop, false));
                            core.post(step(() -> {}, true));
                            words.add(progress.word());
                        },
                        false));
        core.run(() -> {});
        assertThat(words.get(0)).isEqualTo(words.get(1));
    }

    @Test
    void aLoopThatWaitsIsIdleAndGoesOnWithANewWord() throws Exception {
        List<Long> words = new ArrayList<>();
        core.add(step(() -> words.add(progress.word()), false));
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread driver =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            core.run(() -> {});
                            end.complete(null);
                        });
        while (progress.word() < 3 || !Progress.isIdle(progress.word())) {
            Thread.onSpinWait(); // until it waits, which it does for ever
        }
        words.add(progress.word());
        assertThat(progress.word()).isEqualTo(words.getLast());
        core.post(
                step(
                        () -> {
                            words.add(progress.word());
                            core.stop();
                        },
                        false));
        end.join();
        driver.join();
        words.add(progress.word());
        assertGrowing(words);
        assertThat(words).map(Progress::isIdle).containsExactly(false, true, false, true);
    }

    @Test
    void aStepThatFailsLeavesTheLoopIdle() {
        core.add(
                step(
                        () -> {
                            throw new IllegalStateException("out");
                        },
                        false));
        assertThat(core.run(() -> {})).hasMessage("out");
        assertThat(Progress.isIdle(progress.word())).isTrue();
    }
}
