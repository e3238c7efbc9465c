package asyncio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import asyncio4j.testing.Contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/**
 * Random programs do on the library what they do on a model of asyncio: every line of their traces
 * is the same, with its time, its task and the order of all.
 *
 * <p>{@code -Dasyncio4j.seed=N} runs the program of that seed alone, and {@code
 * -Dasyncio4j.programs=N} so many programs, from that seed on if it is given, too.
 */
@Timeout(300) // thousands of programs, on a machine that may do other things as well
class RandomProgramsTest {

    private static final int PROGRAMS = 10_000;

    /** So many programs in a thousand may do what the contracts leave open. */
    private static final int OUT_OF_SCOPE = 50;

    /** A program takes a fraction of a millisecond; this is to end a hang. */
    private static final int PATIENCE_SECONDS = 20;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @AfterEach
    void shutDown() {
        thread.shutdownNow();
    }

    @Test
    @Contract({
        1, 4, 18, 19, 23, 24, 25, 26, 27, 28, 29, 30, 31, 33, 37, 39, 40, 41, 42, 43, 44, 45, 47,
        48, 49, 51, 52, 53, 58, 72, 73, 74, 75
    })
    void randomProgramsDoWhatTheModelSays() {
        Long seed = Long.getLong("asyncio4j.seed");
        long first = seed == null ? 0 : seed;
        long count = Long.getLong("asyncio4j.programs", seed == null ? PROGRAMS : 1);
        Coverage coverage = new Coverage();
        int outOfScope = 0;
        for (long at = first; at < first + count; at++) {
            Program program = ProgramMaker.make(at);
            List<String> expected;
            try {
                expected = ModelRun.trace(program, Set.of());
            } catch (OutOfScope e) {
                outOfScope++;
                continue;
            }
            coverage.add(program, expected);
            if (!library(program).equals(expected)) {
                failWith(program);
            }
        }
        if (count >= PROGRAMS) {
            assertThat(outOfScope).isLessThan((int) (count * OUT_OF_SCOPE / 1000));
            assertThat(coverage.missing()).as("what no program has come to").isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Flaw.class)
    void aModelWithOneRuleWrongIsFoundOut(Flaw flaw) {
        assertThat(
                        LongStream.range(0, 1_000)
                                .mapToObj(ProgramMaker::make)
                                .anyMatch(program -> differs(program, EnumSet.of(flaw))))
                .isTrue();
    }

    @Test
    void aFailingProgramIsMadeSmaller() {
        Program program =
                LongStream.range(0, 100)
                        .mapToObj(ProgramMaker::make)
                        .filter(p -> differs(p, EnumSet.of(Flaw.MESSAGE_STAYS)))
                        .findFirst()
                        .orElseThrow();
        Program small = Shrinker.shrink(program, p -> differs(p, EnumSet.of(Flaw.MESSAGE_STAYS)));
        assertThat(small.toString().lines().count())
                .isLessThan(program.toString().lines().count())
                .isLessThan(8);
        assertThat(differs(small, EnumSet.of(Flaw.MESSAGE_STAYS))).isTrue();
    }

    /** Whether the library does something else than the model with these rules wrong. */
    private boolean differs(Program program, Set<Flaw> flaws) {
        try {
            return !ModelRun.trace(program, flaws).equals(library(program));
        } catch (OutOfScope e) {
            return false;
        }
    }

    /** The library's trace; a line about it where there is none. */
    private List<String> library(Program program) {
        Future<List<String>> trace = thread.submit(() -> LibraryRun.trace(program));
        try {
            return trace.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return fail("this program hangs:" + describe(program), e);
        } catch (ExecutionException e) {
            return List.of("it threw " + e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private void failWith(Program program) {
        Program small = Shrinker.shrink(program, p -> differs(p, Set.of()));
        assertThat(String.join("\n", library(small)))
                .as("what the library does with this program:%s", describe(small))
                .isEqualTo(String.join("\n", ModelRun.trace(small, Set.of())));
    }

    private static String describe(Program program) {
        return " (made smaller from -Dasyncio4j.seed=" + program.seed() + ")\n\n" + program + "\n";
    }
}
