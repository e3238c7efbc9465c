package asyncio4j.benchmarks.report;

import java.util.Locale;

/** What figures are counted in, and how they are written. */
enum Unit {
    NANOSECONDS(new String[] {"ns", "µs", "ms", "s"}),
    BYTES(new String[] {"B", "kB", "MB", "GB"});

    private final String[] names;

    Unit(String[] names) {
        this.names = names;
    }

    /** For a table: the bare number, as the table says what it counts. */
    static String bare(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 99.95 ? "%.1f" : "%,.0f", value);
    }

    /** For a chart: three digits or so, and the unit that fits. */
    String text(double value) {
        double scaled = value;
        int name = 0;
        while (Math.abs(scaled) >= 999.5 && name < names.length - 1) {
            scaled /= 1000;
            name++;
        }
        double size = Math.abs(scaled);
        String format = size >= 99.95 ? "%.0f" : size >= 9.995 || name == 0 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, scaled) + " " + names[name];
    }

    /** For the mark of an axis. */
    String mark(double value) {
        double scaled = value;
        int name = 0;
        while (scaled >= 1000 && name < names.length - 1) {
            scaled /= 1000;
            name++;
        }
        return (scaled == Math.rint(scaled)
                        ? String.format(Locale.ROOT, "%.0f", scaled)
                        : Double.toString(scaled))
                + " "
                + names[name];
    }
}
