package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class PageTest {

    private static final Explanations EXPLANATIONS =
            Explanations.parse("## switch continuations\nTwo yields.\n## scale chain\nDeep.\n");

    @TempDir Path folder;

    @Test
    void theSameResultsGiveTheSamePageAndCharts() throws IOException {
        Page one = new Page(results(), EXPLANATIONS);
        Page other = new Page(results(), EXPLANATIONS);

        assertThat(one.text()).isEqualTo(other.text());
        assertThat(one.charts()).isEqualTo(other.charts());
    }

    @Test
    void theJsonHasAllThatThePageNeeds() throws IOException {
        Path json = folder.resolve("benchmarks.json");
        results().write(json);

        Results read = Results.read(json);

        assertThat(read).isEqualTo(results());
        assertThat(new Page(read, EXPLANATIONS).text())
                .isEqualTo(new Page(results(), EXPLANATIONS).text());
        assertThat(Files.readString(json))
                .contains(
                        "\n    {\"row\": \"switch\", \"peer\": \"Asyncio4j\", \"values\": [200.0,"
                                + " 220.0]}");
    }

    @Test
    void whatIsNotAResultIsNamed() throws IOException {
        Path json = Files.writeString(folder.resolve("benchmarks.json"), "[1]");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Results.read(json))
                .withMessageContaining("benchmarks.json");
    }

    @Test
    void aMissSaysSoInItsRowAndIsExplainedBelow() throws IOException {
        String text = new Page(results(), EXPLANATIONS).text();

        assertThat(text)
                .contains("default engine: met<br>continuations: **not met** |")
                .contains("**Not met**, continuations, suspend and resume, two tasks in turn: ")
                .contains("1.60, not met. Two yields.")
                .doesNotContain("**Not met**, default engine, suspend and resume");
    }

    @Test
    void aMissWithoutAnExplanationSaysThat() throws IOException {
        assertThat(new Page(results(), Explanations.parse("")).text()).contains(Explanations.NONE);
    }

    @Test
    void growthBeyondNLogNIsExplained() throws IOException {
        assertThat(new Page(results(), EXPLANATIONS).text())
                .contains(
                        "the time of asyncio4j by n^2.00, where n log n would be n^1.12,"
                                + " and n^1.00 without the pauses of the collector. Deep.")
                .contains("- create, Kotlin, 10,000: too deep\n");
    }

    @Test
    void aRatioToEachEngineIsBelowAPeersFigure() throws IOException {
        assertThat(new Page(results(), EXPLANATIONS).text())
                .contains("| 400 (400 to 400)<br>*0.53, 0.40* |");
    }

    @Test
    void aPeerThatIsAheadIsNamedWhetherOrNotAnythingWasWanted() throws IOException {
        List<Figures.Cell> figures = new ArrayList<>(results().figures());
        figures.add(cell("switch", Peer.KOTLIN, 40));
        figures.add(cell("switch", Peer.VIRTUAL_THREADS, 209.8));
        figures.add(cell("done", Peer.ASYNCIO4J, 5));
        figures.add(cell("done", Peer.KOTLIN, 5));

        assertThat(new Page(with(figures), EXPLANATIONS).text())
                .contains("In 1 of the 2 rows that compare with a peer, ")
                .contains(
                        "\n"
                                + "| suspend and resume, two tasks in turn | Kotlin 5.25, virtual"
                                + " threads 1.001 | Kotlin 4.00 |\n\n");
    }

    @Test
    void aPeerThatWakesUpSoonerIsNamed() throws IOException {
        List<LatencyPoint> latency =
                List.of(
                        point("asyncio4j", "virtual threads", 8e3),
                        point("asyncio4j", "continuations", 3e3),
                        point("Kotlin", null, 4e3));

        assertThat(new Page(with(results().figures(), latency), EXPLANATIONS).text())
                .contains(
                        "\n"
                            + "| wake-up by a plain thread, the waiting side is idle, half of the"
                            + " waits | Kotlin 2.00 |  |\n");
    }

    @Test
    void whereNobodyIsAheadThePageSaysThat() throws IOException {
        assertThat(new Page(results(), EXPLANATIONS).text())
                .contains("In none of the 1 rows that compare with a peer is one ahead.\n");
    }

    @Test
    void chartsAreSvgWithTextAndAWhiteGround() throws IOException {
        Map<String, String> charts = new Page(results(), EXPLANATIONS).charts();

        assertThat(charts)
                .containsOnlyKeys(
                        "tasks.svg", "allocation.svg", "latency-idle.svg", "scale-chain.svg");
        charts.forEach((name, svg) -> {
            assertThat(svg).as(name).contains("<svg", "viewBox", "fill:white", ">asyncio4j");
            assertThat(svg.length()).as(name).isLessThan(10_000);
        });
        assertThat(charts.get("tasks.svg")).contains(">asyncio4j  210 ns</text");
        assertThat(charts.get("latency-idle.svg")).contains("8.00 µs / 20.0 µs / 1.50 ms</text");
    }

    @Test
    void thePageIsPutBetweenItsMarksAndOldChartsAreGone() throws IOException {
        Path template = folder.resolve("template.md");
        Files.writeString(
                template, "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n");
        Path old = folder.resolve("charts").resolve("old.svg");
        Files.createDirectories(old.getParent());
        Files.writeString(old, "<svg/>");
        Page page = new Page(results(), EXPLANATIONS);

        page.write(template, folder);

        assertThat(Files.readString(folder.resolve("benchmarks.md")))
                .isEqualTo(
                        "before\n<!-- figures: begin -->\n"
                                + page.text()
                                + "<!-- figures: end -->\nafter\n");
        assertThat(old).doesNotExist();
        assertThat(folder.resolve("charts").resolve("tasks.svg")).exists();
    }

    @Test
    void aPageWithoutMarksIsRefusedBeforeAnythingIsMeasured() throws IOException {
        Path template = Files.writeString(folder.resolve("template.md"), "nothing\n");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Page.check(template))
                .withMessageContaining("<!-- figures: begin -->");
    }

    @Test
    void aFigureThatNoTableHasIsRefused() {
        List<Figures.Cell> figures = new ArrayList<>(results().figures());
        figures.add(new Figures.Cell("teleport", "Kotlin", List.of(1.0)));

        assertThatIllegalStateException()
                .isThrownBy(() -> new Page(with(figures), EXPLANATIONS))
                .withMessageContaining("teleport");
    }

    private static Results results() {
        return with(
                List.of(
                        cell("switch", Peer.ASYNCIO4J, 200, 220),
                        cell("switch", Peer.ASYNCIO4J_CONTINUATIONS, 160, 160),
                        cell("switch", Peer.UVLOOP, 400, 400),
                        cell("switch", Peer.CPYTHON, 1_700, 1_800),
                        cell("switch", Peer.RAW_CONTINUATION, 100, 100)));
    }

    private static LatencyPoint point(String peer, @Nullable String engine, double p50) {
        return new LatencyPoint("thread", peer, engine, "idle", p50, 2e4, 1.5e6, 2e6, 9);
    }

    private static Results with(List<Figures.Cell> figures) {
        return with(
                figures,
                List.of(
                        new LatencyPoint(
                                "parallel", "asyncio4j", null, "idle", 8e3, 2e4, 1.5e6, 2e6, 9)));
    }

    private static Results with(List<Figures.Cell> figures, List<LatencyPoint> latency) {
        return new Results(
                "2026-01-01",
                "short",
                2,
                2,
                300,
                "a machine",
                List.of(0.0, 0.01),
                Map.of("JDK", "25"),
                List.of("nothing"),
                figures,
                List.of(cell("switch", Peer.ASYNCIO4J, 33)),
                List.of(
                        ours(1_000, 0.001, null),
                        ours(10_000, 0.1, 0.09),
                        new ScalePoint("chain", "Kotlin", null, 1_000, 0.001, null, 1e6, null),
                        new ScalePoint(
                                "chain", "Kotlin", null, 10_000, null, null, null, "too deep")),
                latency);
    }

    private static ScalePoint ours(long n, double seconds, @Nullable Double pauses) {
        return new ScalePoint(
                "chain", "asyncio4j", "virtual threads", n, seconds, pauses, n * 1e3, null);
    }

    private static Figures.Cell cell(String row, Peer peer, double... values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return new Figures.Cell(row, peer.suffix, list);
    }
}
