package asyncio4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long a loop looks for work before it parks. */
class LookoutTest {

    private static final int LONG = 1_024;

    private static final int SHORT = 16;

    private final Lookout lookout = new Lookout(LONG);

    private int find() {
        int turns = lookout.begin(Long.MAX_VALUE);
        lookout.found();
        return turns;
    }

    private int findNothing() {
        int turns = lookout.begin(Long.MAX_VALUE);
        lookout.foundNothing();
        return turns;
    }

    /** How many looks are short, up to the next long one. */
    private int shortLooks() {
        int looks = 0;
        while (findNothing() == SHORT) {
            looks++;
        }
        return looks;
    }

    @Test
    void looksStayLongWhileTheyFindSomething() {
        for (int i = 0; i < 100; i++) {
            assertThat(find()).isEqualTo(LONG);
        }
    }

    @Test
    void looksStayLongIfTwoOfThreeFindSomething() {
        for (int i = 0; i < 100; i++) {
            assertThat(find()).isEqualTo(LONG);
            assertThat(find()).isEqualTo(LONG);
            assertThat(findNothing()).isEqualTo(LONG);
        }
    }

    @Test
    void looksBecomeShortIfEverySecondIsInVain() {
        int longOnes = 0;
        for (int i = 0; i < 100; i++) {
            longOnes += find() == LONG ? 1 : 0;
            longOnes += findNothing() == LONG ? 1 : 0;
        }
        assertThat(longOnes).isLessThan(100);
    }

    @Test
    void afterAFirstLookInVainTheyAreShort() {
        assertThat(findNothing()).isEqualTo(LONG);
        assertThat(findNothing()).isEqualTo(SHORT);
    }

    @Test
    void howeverLongItWentWellAFewInVainMakeThemShort() {
        for (int i = 0; i < 10_000; i++) {
            find();
        }
        int longOnes = 0;
        while (findNothing() == LONG) {
            longOnes++;
        }
        assertThat(longOnes).isEqualTo(8);
    }

    @Test
    void trialsInVainBecomeRarer() {
        assertThat(findNothing()).isEqualTo(LONG);
        assertThat(shortLooks()).isEqualTo(4);
        assertThat(shortLooks()).isEqualTo(8);
        assertThat(shortLooks()).isEqualTo(16);
        assertThat(shortLooks()).isEqualTo(32);
        assertThat(shortLooks()).isEqualTo(64);
        assertThat(shortLooks()).isEqualTo(64);
    }

    @Test
    void aTrialThatFindsSomethingMakesThemLongAgain() {
        assertThat(findNothing()).isEqualTo(LONG);
        for (int i = 0; i < 4; i++) {
            assertThat(findNothing()).isEqualTo(SHORT);
        }
        assertThat(find()).isEqualTo(LONG);
        assertThat(find()).isEqualTo(LONG);
    }

    @Test
    void shortLooksThatFindSomethingSayNothingOfLongOnes() {
        findNothing();
        int looks = 0;
        while (find() == SHORT) {
            looks++;
        }
        assertThat(looks).isEqualTo(4);
    }

    @Test
    void aWaitThatEndsSoonByItselfIsNoReasonToLookLong() {
        assertThat(lookout.begin(1_000)).isEqualTo(SHORT);
        lookout.foundNothing();
        assertThat(find()).isEqualTo(LONG);
    }

    @Test
    void withOneProcessorNobodyLooks() {
        Lookout alone = new Lookout(0);
        for (int i = 0; i < 100; i++) {
            assertThat(alone.begin(Long.MAX_VALUE)).isZero();
            alone.foundNothing();
        }
    }
}
