package asyncio4j.benchmarks.report;

import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.DoubleStream;

/** A chart of panels, two in a row: what an element costs, by how many there are. */
final class Lines {

    private static final int HEIGHT = 190;

    /** One panel; its figures by peer and size. */
    record Panel(String title, Unit unit, Map<Peer, SortedMap<Long, Double>> figures) {}

    private Lines() {}

    /** The chart as SVG. */
    static String svg(String title, List<Panel> panels) throws IOException {
        List<JFreeChart> charts = new ArrayList<>();
        Set<Peer> peers = EnumSet.noneOf(Peer.class);
        List<String> words = new ArrayList<>();
        for (Panel panel : panels) {
            charts.add(Svg.panel(panel.title, plot(panel)));
            peers.addAll(panel.figures.keySet());
            panel.figures.forEach((peer, sizes) ->
                    words.add(
                            "%s, %s %s"
                                    .formatted(
                                            panel.title,
                                            peer.plainTitle(),
                                            panel.unit.text(sizes.get(sizes.lastKey())))));
        }
        return Svg.grid(title, peers, charts, HEIGHT, title + ": " + String.join("; ", words));
    }

    private static XYPlot plot(Panel panel) {
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setDefaultShape(new Ellipse2D.Double(-3, -3, 6, 6));
        renderer.setAutoPopulateSeriesShape(false);
        renderer.setDrawOutlines(false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setDefaultStroke(new BasicStroke(1.8f));
        renderer.setAutoPopulateSeriesStroke(false);
        DoubleStream figures =
                panel.figures.values().stream()
                        .flatMap(sizes -> sizes.values().stream())
                        .mapToDouble(Double::doubleValue);
        Axes axes = Axes.of(figures, panel.unit);
        double most = 3;
        for (Map.Entry<Peer, SortedMap<Long, Double>> entry : panel.figures.entrySet()) {
            Peer peer = entry.getKey();
            XYSeries series = new XYSeries(peer.plainTitle());
            entry.getValue().forEach((n, figure) -> series.add(Math.log10(n), Math.log10(figure)));
            most = Math.max(most, series.getMaxX());
            renderer.setSeriesPaint(data.getSeriesCount(), peer.color);
            data.addSeries(series);
        }
        NumberAxis across = Axes.plain(Axes.power(n -> String.format(Locale.ROOT, "%,.0f", n)));
        across.setTickUnit(new NumberTickUnit(1));
        across.setRange(2.9, most + 0.1);
        XYPlot plot = new XYPlot(data, across, axes.decades(), renderer);
        Svg.plain(plot);
        return plot;
    }
}
