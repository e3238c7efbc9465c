package asyncio4j.benchmarks.report;

import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.ui.RectangleInsets;

import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * How figures are laid along an axis: by their logarithms where they go over more than a decade.
 * JFreeChart's own logarithmic axis draws its marks as outlines; here they stay text.
 */
record Axes(double low, double high, boolean logarithmic, Unit unit) {

    /** The least that a logarithmic axis shows, for whatever is less. */
    private static final double LEAST = 0.1;

    static Axes of(DoubleStream figures, Unit unit) {
        double[] all = figures.sorted().toArray();
        double low = all.length == 0 ? 0 : all[0];
        double high = all.length == 0 ? 1 : Math.max(all[all.length - 1], LEAST);
        return new Axes(low, high, high > 10 * Math.max(low, LEAST), unit);
    }

    /** Where a figure is drawn. */
    double at(double value) {
        return logarithmic ? Math.log10(Math.max(value, LEAST)) : value;
    }

    /** Where the axis begins: a little before the least figure, or at nothing. */
    double begin() {
        return logarithmic ? at(low) - 0.07 : 0;
    }

    /** The axis, from its beginning up to there. */
    NumberAxis axis(String what, double end) {
        NumberAxis axis = plain(logarithmic ? power(this::mark) : unit::mark);
        if (logarithmic) {
            axis.setTickUnit(new NumberTickUnit(1));
        }
        axis.setRange(begin(), end);
        axis.setLabel(
                what + (logarithmic ? " (logarithmic, less is better)" : " (less is better)"));
        return axis;
    }

    private String mark(double value) {
        return (low < LEAST && value == LEAST ? "≤ " : "") + unit.mark(value);
    }

    /** A logarithmic axis of whole decades, without a label. */
    NumberAxis decades() {
        NumberAxis axis = plain(power(unit::mark));
        axis.setTickUnit(new NumberTickUnit(1));
        double from = Math.floor(Math.log10(Math.max(low, LEAST)));
        axis.setRange(from, Math.max(Math.ceil(Math.log10(high)), from + 1));
        return axis;
    }

    /** Marks for an axis of logarithms. */
    static DoubleFunction<String> power(DoubleFunction<String> marks) {
        return value -> marks.apply(Double.parseDouble("1e" + Math.round(value)));
    }

    /** An axis without a line or ticks, its marks written so. */
    static NumberAxis plain(DoubleFunction<String> marks) {
        NumberAxis axis = new NumberAxis();
        axis.setLabelFont(Svg.TEXT);
        axis.setLabelPaint(Svg.PALE_INK);
        axis.setTickLabelFont(Svg.TEXT);
        axis.setTickLabelPaint(Svg.PALE_INK);
        axis.setTickMarksVisible(false);
        axis.setAxisLineVisible(false);
        axis.setTickLabelInsets(new RectangleInsets(4, 4, 4, 4));
        axis.setNumberFormatOverride(new Marks(marks));
        return axis;
    }

    private static final class Marks extends NumberFormat {

        private static final long serialVersionUID = 1;

        private final transient DoubleFunction<String> marks;

        Marks(DoubleFunction<String> marks) {
            this.marks = marks;
        }

        @Override
        public StringBuffer format(double value, StringBuffer to, FieldPosition position) {
            return to.append(marks.apply(value));
        }

        @Override
        public StringBuffer format(long value, StringBuffer to, FieldPosition position) {
            return format((double) value, to, position);
        }

        @Override
        public Number parse(String text, ParsePosition position) {
            throw new UnsupportedOperationException("marks are written, not read");
        }
    }
}
