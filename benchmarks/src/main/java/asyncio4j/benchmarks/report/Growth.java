package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.SortedMap;

/**
 * How fast a cost grows from the size before the last decade to the largest one: as the power
 * {@code exponent} of the size, where {@code n log n} would give {@code limit}.
 */
record Growth(double exponent, double limit) {

    /** A decade less what a size may be off. */
    private static final double DECADE = 9.99;

    private static final double TOLERANCE = 0.1;

    /**
     * The growth of these costs, by their sizes; null where there are fewer than two.
     *
     * @param costs of all elements together
     */
    static @Nullable Growth of(SortedMap<Long, Double> costs) {
        if (costs.size() < 2) {
            return null;
        }
        long last = costs.lastKey();
        SortedMap<Long, Double> before = costs.headMap((long) (last / DECADE) + 1);
        long first = before.isEmpty() ? costs.firstKey() : before.lastKey();
        double from = Math.log(costs.get(first));
        double to = Math.log(costs.get(last));
        double decades = Math.log(last) - Math.log(first);
        double loglog = Math.log(Math.log(last)) - Math.log(Math.log(first));
        return new Growth((to - from) / decades, 1 + loglog / decades);
    }

    /** Whether it grows faster than {@code n log n}, by more than caches and chance explain. */
    boolean tooFast() {
        return exponent > limit + TOLERANCE;
    }

    /** The exponent, in bold where it is too high. */
    String text() {
        String text = String.format(Locale.ROOT, "n^%.2f", exponent);
        return tooFast() ? "**" + text + "**" : text;
    }
}
