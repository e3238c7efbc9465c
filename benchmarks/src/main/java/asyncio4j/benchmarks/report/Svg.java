package asyncio4j.benchmarks.report;

import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * The looks of all charts, and their SVG: text stays text, and the same chart always gives the same
 * characters. The background is white, so that a page in dark colours shows it as well.
 */
final class Svg {

    static final int WIDTH = 860;

    private static final int MARGIN = 12;

    /** What title and colours take above a grid. */
    private static final int TOP = 58;

    /** Filled paths of that width at most are dots. */
    private static final double DOT = 8.01;

    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 12);

    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);

    static final Color INK = new Color(0x24292F);

    static final Color PALE_INK = new Color(0x57606A);

    static final Color LINE = new Color(0xD8DEE4);

    private Svg() {}

    /** Fails at once, not after all has been measured, where text can't be laid out. */
    static void check() throws IOException {
        try {
            graphics(1).getFontMetrics(TEXT).stringWidth("words");
        } catch (RuntimeException | LinkageError | InternalError e) {
            throw new IOException(
                    "Java finds no fonts to lay out charts with; install fontconfig and a font,"
                            + " as in Debian's packages fontconfig and fonts-dejavu-core",
                    e);
        }
    }

    /** A chart of that height; {@code description} is for those who can't see it. */
    static String text(JFreeChart chart, int height, String description) throws IOException {
        Unclipped graphics = graphics(height);
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        return text(graphics, height, description);
    }

    /** Charts in rows of two, each row of that height, under a title and the peers' colours. */
    static String grid(
            String title, Set<Peer> peers, List<JFreeChart> charts, int height, String description)
            throws IOException {
        int rows = (charts.size() + 1) / 2;
        int whole = TOP + rows * height + MARGIN;
        Unclipped graphics = graphics(whole);
        graphics.setPaint(Color.WHITE);
        graphics.fill(new Rectangle2D.Double(0, 0, WIDTH, whole));
        graphics.setFont(TITLE);
        graphics.setPaint(INK);
        graphics.drawString(title, MARGIN, 27);
        graphics.setFont(TEXT);
        double x = MARGIN;
        for (Peer peer : peers) {
            graphics.setPaint(peer.color);
            graphics.fill(new Ellipse2D.Double(x, 41, 8, 8));
            graphics.setPaint(INK);
            graphics.drawString(peer.plainTitle(), (float) x + 13, 49);
            x += 34 + graphics.getFontMetrics().stringWidth(peer.plainTitle());
        }
        double width = WIDTH / 2.0;
        for (int i = 0; i < charts.size(); i++) {
            double top = TOP + (double) (i / 2) * height;
            charts.get(i).draw(graphics, new Rectangle2D.Double(i % 2 * width, top, width, height));
        }
        return text(graphics, whole, description);
    }

    private static Unclipped graphics(int height) {
        Document document = dom().createDocument("http://www.w3.org/2000/svg", "svg", null);
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setPrecision(1);
        Unclipped graphics = new Unclipped(context);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, height));
        graphics.setFont(TEXT);
        return graphics;
    }

    private static String text(Unclipped graphics, int height, String description)
            throws IOException {
        Element root = graphics.getRoot();
        root.setAttribute("viewBox", "0 0 " + WIDTH + " " + height);
        root.setAttribute("role", "img");
        root.setAttribute("aria-label", description);
        StringWriter out = new StringWriter();
        graphics.stream(root, out, true, false);
        return out + "\n";
    }

    /** A chart that is alone. */
    static JFreeChart chart(String title, Plot plot) {
        return chart(title, TITLE, plot);
    }

    /** One of several charts. */
    static JFreeChart panel(String title, Plot plot) {
        return chart(title, BOLD, plot);
    }

    private static JFreeChart chart(String title, Font font, Plot plot) {
        JFreeChart chart = new JFreeChart(null, null, plot, false);
        TextTitle text = new TextTitle(title, font);
        text.setPaint(INK);
        text.setHorizontalAlignment(HorizontalAlignment.LEFT);
        text.setPadding(4, 0, 6, 0);
        chart.setTitle(text);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, MARGIN, 8, MARGIN + 4));
        return chart;
    }

    /** Nothing but the figures and pale lines behind them. */
    static void plain(XYPlot plot) {
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(LINE);
        plot.setRangeGridlinePaint(LINE);
        plot.setDomainGridlineStroke(new BasicStroke(0.7f));
        plot.setRangeGridlineStroke(new BasicStroke(0.7f));
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setInsets(RectangleInsets.ZERO_INSETS);
    }

    private static DOMImplementation dom() {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().getDOMImplementation();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Writes less. Nothing is drawn beyond its area, and each clip would be written at each line;
     * the ends of error bars are no lines here; and a dot, which arrives as a path of four curves,
     * is a circle.
     */
    private static final class Unclipped extends SVGGraphics2D {

        Unclipped(SVGGeneratorContext context) {
            super(context, false);
        }

        @Override
        public void clip(Shape shape) {}

        @Override
        public void setClip(Shape shape) {}

        @Override
        public void draw(Shape shape) {
            Rectangle2D bounds = shape.getBounds2D();
            if (bounds.getWidth() > 0 || bounds.getHeight() > 0) {
                super.draw(shape);
            }
        }

        @Override
        public void fill(Shape shape) {
            Rectangle2D bounds = shape.getBounds2D();
            boolean dot = shape instanceof Path2D && bounds.getWidth() <= DOT;
            super.fill(
                    dot
                            ? new Ellipse2D.Double(
                                    bounds.getX(),
                                    bounds.getY(),
                                    bounds.getWidth(),
                                    bounds.getWidth())
                            : shape);
        }
    }
}
