package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoalTest {

    @Test
    void atMostIncludesTheRatioItselfAndBelowDoesNot() {
        assertThat(Goal.first(1.0, Peer.KOTLIN).verdict(1.0)).isEqualTo(Goal.Verdict.MET);
        assertThat(Goal.firstBelow(Peer.KOTLIN).verdict(1.0)).isEqualTo(Goal.Verdict.MISSED);
        assertThat(Goal.firstBelow(Peer.KOTLIN).verdict(0.999)).isEqualTo(Goal.Verdict.MET);
        assertThat(Goal.first(0.5, Peer.KOTLIN).verdict(0.501)).isEqualTo(Goal.Verdict.MISSED);
    }

    @Test
    void whatWasNotMeasuredIsNeitherMetNorMissed() {
        Goal goal = Goal.second(1.3, Peer.RAW_CONTINUATION);

        assertThat(goal.verdict(null)).isEqualTo(Goal.Verdict.UNKNOWN);
        assertThat(goal.text(null)).isEqualTo("at most 1.3 x raw `Continuation`: not measured");
    }

    @Test
    void theTextSaysWhatIsWantedWhatCameAndWhetherThatIsEnough() {
        assertThat(Goal.first(0.5, Peer.CPYTHON).text(0.1444))
                .isEqualTo("at most 0.5 x CPython: 0.14, met");
        assertThat(Goal.secondBelow(Peer.KOTLIN).text(1.5))
                .isEqualTo("below Kotlin: 1.50 x, **not met**");
    }

    @Test
    void aRatioIsNeverRoundedToWhatItMisses() {
        assertThat(Goal.first(1.0, Peer.BLOCK).text(1.004))
                .isEqualTo("at most 1.0 x `block()`: 1.004, **not met**");
        assertThat(Goal.firstBelow(Peer.BLOCK).text(0.9996))
                .isEqualTo("below `block()`: 0.9996 x, met");
    }

    @Test
    void aRowIsMissedIfOneGoalIsAndUnknownIfNoneIsButOneIsUnknown() {
        Figures figures = new Figures();
        figures.add("parallel", Peer.ASYNCIO4J, 100);
        figures.add("parallel", Peer.ASYNCIO4J_CONTINUATIONS, 80);
        figures.add("parallel", Peer.BLOCK, 90);
        Row row =
                Row.both(
                        "parallel",
                        "await",
                        Goal.first(1.0, Peer.BLOCK),
                        Goal.first(0.5, Peer.KOTLIN));

        assertThat(row.verdict(Peer.ASYNCIO4J, figures)).isEqualTo(Goal.Verdict.MISSED);
        assertThat(row.verdict(Peer.ASYNCIO4J_CONTINUATIONS, figures))
                .isEqualTo(Goal.Verdict.UNKNOWN);
        figures.add("parallel", Peer.KOTLIN, 200);
        assertThat(row.verdict(Peer.ASYNCIO4J_CONTINUATIONS, figures)).isEqualTo(Goal.Verdict.MET);
    }

    @Test
    void ratiosAreThoseOfMedians() {
        Figures figures = new Figures();
        for (double value : new double[] {10, 900, 20}) {
            figures.add("switch", Peer.ASYNCIO4J, value);
            figures.add("switch", Peer.UVLOOP, 2 * value);
        }

        assertThat(figures.ratio("switch", Peer.ASYNCIO4J, Peer.UVLOOP)).isEqualTo(0.5);
        assertThat(figures.ratio("switch", Peer.ASYNCIO4J, Peer.CPYTHON)).isNull();
        assertThat(figures.cell("switch", Peer.ASYNCIO4J)).isEqualTo("20.0 (10.0 to 900)");
    }
}
