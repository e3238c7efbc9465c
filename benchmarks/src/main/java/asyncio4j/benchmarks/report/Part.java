package asyncio4j.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A part of a run, which can be asked for alone. */
enum Part {
    TASKS("SwitchBenchmark", "TaskBenchmark"),
    REACTOR("AwaitBenchmark"),
    HTTP("HttpBenchmark"),
    /** Generators as Flux, and pulled. */
    GENERATORS("GeneratorBenchmark"),
    ITERATION("IterationBenchmark"),
    TIMERS("TimerBenchmark"),
    CONTEXTS("ContextBenchmark"),
    PYTHON,
    MEMORY,
    SCALE,
    LATENCY;

    /** The simple names of its JMH benchmarks' classes. */
    final List<String> benchmarks;

    Part(String... benchmarks) {
        this.benchmarks = List.of(benchmarks);
    }

    /** What {@code --only} calls it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Part of(String word) {
        return Arrays.stream(values())
                .filter(part -> part.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no part '%s'; there are %s"
                                        .formatted(
                                                word,
                                                Arrays.stream(values())
                                                        .map(Part::word)
                                                        .collect(Collectors.joining(", ")))));
    }

    /** The part that a class of benchmarks is of. */
    static Part ofBenchmarks(String className) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(part -> part.benchmarks.contains(simple))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                simple + " has benchmarks, but no part of a run; add it to Part"));
    }
}
