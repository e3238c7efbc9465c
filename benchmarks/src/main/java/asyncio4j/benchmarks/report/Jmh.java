package asyncio4j.benchmarks.report;

import asyncio4j.Engine;
import asyncio4j.benchmarks.HttpBenchmark;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.List;
import java.util.Set;

/** Runs JMH's benchmarks of a part, on either engine. */
final class Jmh {

    /** What JMH prints meanwhile; looked at when a benchmark fails. */
    private static final String LOG = "target/jmh.log";

    /** What the profiler calls the bytes for one operation. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** What a JVM takes to start and end, and JMH to look at its result. */
    private static final double SECONDS_AROUND = 0.8;

    /** As many times the iterations that are measured go before them. */
    private static final int WARM_UPS = 2;

    /** An iteration of HTTP is that much longer, as it has so much more code to compile. */
    private static final int HTTP_FACTOR = 3;

    /** What the short mode has no time for. */
    private static final Set<String> FULL_MODE_ONLY = Set.of("httpDefaultLoopAsyncio4j");

    private final Options options;

    private final Figures times;

    private final Figures allocated;

    private final Set<BenchmarkListEntry> benchmarks =
            BenchmarkList.defaultList()
                    .getAll(
                            OutputFormatFactory.createFormatInstance(
                                    System.out, VerboseMode.SILENT),
                            List.of());

    Jmh(Options options, Figures times, Figures allocated) {
        this.options = options;
        this.times = times;
        this.allocated = allocated;
        benchmarks.forEach(entry -> Part.ofBenchmarks(entry.getUserClassQName()));
    }

    /** How long a part takes, on the default engine with all peers or on the other one alone. */
    double seconds(Part part, Engine engine) {
        int iterations = (1 + WARM_UPS) * options.iterations();
        double each = iterations * millis(part) / 1000.0 + SECONDS_AROUND;
        if (part == Part.HTTP) {
            each += HttpBenchmark.WARM_UP_SECONDS;
        }
        return each * benchmarks.stream().filter(entry -> runs(entry, part, engine)).count();
    }

    /** Runs the part, if it has any for that engine. */
    void run(Part part, Engine engine) throws RunnerException {
        ChainedOptionsBuilder builder =
                new OptionsBuilder()
                        .forks(1)
                        .warmupIterations(WARM_UPS * options.iterations())
                        .warmupTime(TimeValue.milliseconds(millis(part)))
                        .measurementIterations(options.iterations())
                        .measurementTime(TimeValue.milliseconds(millis(part)))
                        .shouldFailOnError(true)
                        .output(LOG)
                        .addProfiler(GCProfiler.class)
                        .jvmArgsAppend(
                                "--add-exports",
                                "java.base/jdk.internal.vm=ALL-UNNAMED",
                                "--enable-native-access=ALL-UNNAMED");
        boolean any = false;
        boolean engines = false;
        for (BenchmarkListEntry entry : benchmarks) {
            if (runs(entry, part, engine)) {
                any = true;
                engines |= hasEngine(entry);
                builder.include("^" + entry.getUsername().replace(".", "\\.") + "$");
            }
        }
        if (!any) {
            return;
        }
        if (engines) {
            builder.param("engine", engine.name());
        }
        try {
            for (RunResult result : new Runner(builder.build()).run()) {
                add(result, engine);
            }
        } catch (RunnerException e) {
            throw new RunnerException("a benchmark failed; benchmarks/" + LOG + " says more", e);
        }
    }

    private int millis(Part part) {
        return options.millis() * (part == Part.HTTP ? HTTP_FACTOR : 1);
    }

    /** The peers don't care for the engine: they are measured along with the default one. */
    private boolean runs(BenchmarkListEntry entry, Part part, Engine engine) {
        return Part.ofBenchmarks(entry.getUserClassQName()) == part
                && (options.full() || !FULL_MODE_ONLY.contains(method(entry.getUsername())))
                && (engine == Engine.VIRTUAL_THREADS
                        || (hasEngine(entry)
                                && entry.getUsername().endsWith(Peer.ASYNCIO4J.suffix)));
    }

    private static boolean hasEngine(BenchmarkListEntry entry) {
        return entry.getParams().hasValue() && entry.getParams().get().containsKey("engine");
    }

    private static String method(String benchmark) {
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    private void add(RunResult result, Engine engine) {
        String method = method(result.getParams().getBenchmark());
        Peer peer = Peer.ofMethod(method);
        String row = method.substring(0, method.length() - peer.suffix.length());
        Peer whose =
                peer == Peer.ASYNCIO4J && engine == Engine.CONTINUATIONS
                        ? Peer.ASYNCIO4J_CONTINUATIONS
                        : peer;
        times.add(row, whose, result.getPrimaryResult().getScore());
        allocated.add(row, whose, result.getSecondaryResults().get(ALLOCATED).getScore());
    }
}
