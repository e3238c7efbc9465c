package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

class GrowthTest {

    private static final double NEAR = 1e-9;

    @Test
    void aCostThatIsTheSameForEachElementGrowsAsTheirNumber() {
        Growth growth = growth(n -> 3 * n, 1_000, 10_000, 100_000);

        assertThat(growth.exponent()).isCloseTo(1, within(NEAR));
        assertThat(growth.tooFast()).isFalse();
        assertThat(growth.text()).isEqualTo("n^1.00");
    }

    @Test
    void nLogNIsTheLimitItself() {
        Growth growth = growth(n -> 7 * n * Math.log(n), 100_000, 1_000_000);

        assertThat(growth.exponent()).isCloseTo(growth.limit(), within(NEAR));
        assertThat(growth.limit()).isCloseTo(1.079, within(0.001));
    }

    @Test
    void aSquareIsTooFastAndBold() {
        Growth growth = growth(n -> n * n, 1_000, 10_000);

        assertThat(growth.tooFast()).isTrue();
        assertThat(growth.text()).isEqualTo("**n^2.00**");
    }

    @Test
    void onlyTheLastDecadeCounts() {
        Growth growth = growth(n -> n > 50_000 ? n * n : 1, 1_000, 10_000, 100_000, 1_000_000);

        assertThat(growth.exponent()).isCloseTo(2, within(NEAR));
    }

    @Test
    void sizesThatAreCloserThanADecadeAreSkipped() {
        Growth growth = growth(n -> n == 500_000 ? 1 : n, 100_000, 500_000, 1_000_000);

        assertThat(growth.exponent()).isCloseTo(1, within(NEAR));
    }

    @Test
    void withoutADecadeTheFirstSizeIsTaken() {
        assertThat(growth(n -> n, 1_000, 2_000, 4_000).exponent()).isCloseTo(1, within(NEAR));
    }

    @Test
    void oneSizeHasNoGrowth() {
        TreeMap<Long, Double> costs = new TreeMap<>();
        costs.put(1_000L, 1.0);

        assertThat(Growth.of(costs)).isNull();
        assertThat(Growth.of(new TreeMap<>())).isNull();
    }

    private static Growth growth(DoubleUnaryOperator cost, long... sizes) {
        TreeMap<Long, Double> costs = new TreeMap<>();
        for (long n : sizes) {
            costs.put(n, cost.applyAsDouble((double) n));
        }
        return Growth.of(costs);
    }
}
