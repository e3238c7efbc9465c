package asyncio4j.benchmarks.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Says on stderr what is being measured, and how long the rest will take. */
final class Progress {

    private static final double NANOS = 1e9;

    private final PrintStream out;

    private final LongSupplier clock;

    private final double all;

    private final long begin;

    /** Of what was expected, how much is done. */
    private double done;

    /**
     * Begins.
     *
     * @param all seconds that everything is expected to take
     * @param clock nanoseconds
     */
    Progress(PrintStream out, LongSupplier clock, double all) {
        this.out = out;
        this.clock = clock;
        this.all = all;
        begin = clock.getAsLong();
    }

    /** The next step begins, and is expected to take that many seconds. */
    void step(String what, double expected) {
        double took = (clock.getAsLong() - begin) / NANOS;
        // What was expected counts like one part in ten, so that the first steps don't mislead.
        double pace = (took + all / 10) / (done + all / 10);
        out.printf(
                Locale.ROOT,
                "[%3.0f%%] %s; %s left%n",
                all == 0 ? 0 : 100 * done / all,
                what,
                words((all - done) * pace));
        done += expected;
    }

    /** That was all. */
    void end() {
        out.printf(Locale.ROOT, "[100%%] took %s%n", words((clock.getAsLong() - begin) / NANOS));
    }

    private static String words(double seconds) {
        long whole = Math.round(Math.max(seconds, 0));
        return whole < 60
                ? whole + " s"
                : String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
}
