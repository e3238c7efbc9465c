package asyncio4j.benchmarks.report;

import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A chart of a table: a band for each row, and in it a line for each peer, with a dot at its
 * figure, and its name and the figure beside it. Dots, not bars: the length of a bar along a
 * logarithmic axis says nothing.
 */
final class Dots {

    /** Pixels of a peer's line, of a band's heading, between two bands, and above and below all. */
    private static final double LANE = 14;

    private static final double HEADING = 17;

    private static final double GAP = 7;

    private static final int AROUND = 78;

    /** From a line's end to its words, and what one letter of them takes at most. */
    private static final double WORDS_OFFSET = 8;

    private static final double LETTER = 6.4;

    /** What is left of the width for the figures and their words. */
    private static final double ACROSS = Svg.WIDTH - 30.0;

    /** One peer's line: from its lowest to its highest figure, with dots at some, and words. */
    record Lane(Peer peer, double low, double high, List<Double> dots, String figure) {

        String words() {
            return peer.plainTitle() + "  " + figure;
        }
    }

    /** One row of the table. */
    record Band(String title, List<Lane> lanes) {}

    private final XYIntervalSeriesCollection dots = new XYIntervalSeriesCollection();

    /** Where the words are, one after the other. */
    private final XYIntervalSeries ends = new XYIntervalSeries("words", false, true);

    private final List<String> words = new ArrayList<>();

    private final XYErrorRenderer renderer = renderer();

    private final XYPlot plot = new XYPlot();

    private final Axes axes;

    private Dots(Axes axes) {
        this.axes = axes;
    }

    /** The chart as SVG. */
    static String svg(String title, String what, Unit unit, List<Band> bands) throws IOException {
        List<Lane> lanes = bands.stream().flatMap(band -> band.lanes.stream()).toList();
        DoubleStream figures =
                lanes.stream().flatMapToDouble(lane -> DoubleStream.of(lane.low, lane.high));
        Dots chart = new Dots(Axes.of(figures, unit));
        double y = 0;
        for (Band band : bands) {
            y = chart.band(band, y);
        }
        chart.lay(chart.axes.axis(what, chart.end(lanes)), y);
        return Svg.text(
                Svg.chart(title, chart.plot),
                (int) Math.ceil(y) + AROUND,
                title + ", " + what + ": " + String.join("; ", chart.words));
    }

    /** Adds a band at that height, and returns where it ends. */
    private double band(Band band, double top) {
        double y = top + GAP;
        if (top > 0) {
            plot.addRangeMarker(new ValueMarker(top, Svg.LINE, new BasicStroke(0.7f)));
        }
        XYTextAnnotation heading = new XYTextAnnotation(band.title, axes.begin(), y + HEADING / 2);
        heading.setFont(Svg.BOLD);
        heading.setPaint(Svg.INK);
        heading.setTextAnchor(TextAnchor.CENTER_LEFT);
        plot.addAnnotation(heading);
        y += HEADING;
        for (Lane lane : band.lanes) {
            lane(lane, y + LANE / 2);
            y += LANE;
        }
        return y + GAP;
    }

    private void lane(Lane lane, double y) {
        double low = axes.at(lane.low);
        double high = axes.at(lane.high);
        int number = dots.getSeriesCount();
        XYIntervalSeries series = new XYIntervalSeries(number, false, true);
        for (double dot : lane.dots) {
            double at = axes.at(dot);
            boolean first = series.isEmpty();
            series.add(at, first ? low : at, first ? high : at, y, y, y);
        }
        dots.addSeries(series);
        renderer.setSeriesPaint(number, lane.peer.color);
        ends.add(high, high, high, y, y, y);
        words.add(lane.words());
    }

    private void lay(NumberAxis across, double height) {
        XYIntervalSeriesCollection labels = new XYIntervalSeriesCollection();
        labels.addSeries(ends);
        plot.setDataset(0, dots);
        plot.setRenderer(0, renderer);
        plot.setDataset(1, labels);
        plot.setRenderer(1, wordsRenderer());
        plot.setDomainAxis(across);
        NumberAxis down = new NumberAxis();
        down.setInverted(true);
        down.setRange(0, height);
        down.setVisible(false);
        plot.setRangeAxis(down);
        Svg.plain(plot);
        plot.setRangeGridlinesVisible(false);
    }

    /** The end of the axis, so that all words find room. */
    private double end(List<Lane> lanes) {
        double begin = axes.begin();
        double end = axes.at(axes.high());
        for (Lane lane : lanes) {
            double room = ACROSS - WORDS_OFFSET - LETTER * lane.words().length();
            end = Math.max(end, begin + (axes.at(lane.high) - begin) * ACROSS / room);
        }
        return end;
    }

    private static XYErrorRenderer renderer() {
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setAutoPopulateSeriesShape(false);
        renderer.setDefaultShape(new Ellipse2D.Double(-4, -4, 8, 8));
        renderer.setDrawOutlines(false);
        renderer.setDrawYError(false);
        renderer.setCapLength(0);
        renderer.setErrorStroke(new BasicStroke(2.2f));
        return renderer;
    }

    /** Nothing but the words, to the right of each line's end. */
    private XYErrorRenderer wordsRenderer() {
        XYErrorRenderer labels = new XYErrorRenderer();
        labels.setDefaultShapesVisible(false);
        labels.setDrawXError(false);
        labels.setDrawYError(false);
        labels.setDefaultItemLabelGenerator((data, series, item) -> words.get(item));
        labels.setDefaultItemLabelsVisible(true);
        labels.setDefaultItemLabelFont(Svg.TEXT);
        labels.setDefaultItemLabelPaint(Svg.INK);
        labels.setItemLabelInsets(new RectangleInsets(0, WORDS_OFFSET, 0, WORDS_OFFSET));
        labels.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        return labels;
    }
}
