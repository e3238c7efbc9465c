package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.context.VarMap;
import asyncio4j.testing.CPythonTest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The map under a context does what a HashMap does, and what it once was it stays. */
class VarMapTest {

    private static final Object NOTHING = new Object();

    private static final class TestKey extends VarMap.Key {}

    private static List<TestKey> keys(int count) {
        List<TestKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new TestKey());
        }
        return keys;
    }

    private static void assertSame(
            VarMap map, Map<TestKey, @Nullable Object> expected, List<TestKey> keys) {
        assertThat(map.size()).isEqualTo(expected.size());
        for (TestKey key : keys) {
            Object there = map.get(key, NOTHING);
            if (expected.containsKey(key)) {
                assertThat(there).isSameAs(expected.get(key));
            } else {
                assertThat(there).isSameAs(NOTHING);
            }
        }
        Map<VarMap.Key, @Nullable Object> visited = new HashMap<>();
        map.forEach((key, value) -> {
            assertThat(visited).doesNotContainKey(key);
            visited.put(key, value);
        });
        assertThat(visited.equals(expected)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 2, 200, 0.5",
        "2, 40, 5000, 0.5",
        "3, 1000, 20000, 0.5",
        "4, 5000, 60000, 0.2",
        "5, 5000, 60000, 0.6",
    })
    @CPythonTest({
        "test_context::test_hamt_stress",
        "test_context::test_hamt_items_1",
        "test_context::test_hamt_keys_1",
        "test_context::test_hamt_delete_1"
    })
    void itDoesWhatAHashMapDoes(long seed, int keyCount, int operations, double removals) {
        Random random = new Random(seed);
        List<TestKey> keys = keys(keyCount);
        Map<TestKey, @Nullable Object> expected = new HashMap<>();
        VarMap map = VarMap.EMPTY;
        record Moment(VarMap map, Map<TestKey, @Nullable Object> content) {}

        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            TestKey key = keys.get(random.nextInt(keyCount));
            if (random.nextDouble() < removals) {
                VarMap without = map.without(key);
                if (!expected.containsKey(key)) {
                    assertThat(without).isSameAs(map);
                }
                expected.remove(key);
                map = without;
            } else {
                Object value = random.nextInt(10) == 0 ? null : i;
                expected.put(key, value);
                map = map.with(key, value);
                assertThat(map.get(key, NOTHING)).isSameAs(value);
            }
            assertThat(map.size()).isEqualTo(expected.size());
            if (i % (operations / 10) == 0) {
                moments.add(new Moment(map, new HashMap<>(expected)));
            }
        }
        assertSame(map, expected, keys);
        for (Moment moment : moments) {
            assertSame(moment.map(), moment.content(), keys);
        }
    }

    @Test
    @CPythonTest("test_context::test_hamt_delete_2")
    void thousandsMayBePutInAndTakenOutAgainToTheLast() {
        List<TestKey> keys = keys(10_000);
        VarMap map = VarMap.EMPTY;
        for (int i = 0; i < keys.size(); i++) {
            map = map.with(keys.get(i), i);
        }
        assertThat(map.size()).isEqualTo(10_000);
        for (int i = 0; i < keys.size(); i++) {
            assertThat(map.get(keys.get(i), NOTHING)).isEqualTo(i);
        }
        for (int i = keys.size() - 1; i >= 0; i--) {
            map = map.without(keys.get(i));
            assertThat(map.size()).isEqualTo(i);
            assertThat(map.get(keys.get(i), NOTHING)).isSameAs(NOTHING);
            if (i > 0) {
                assertThat(map.get(keys.getFirst(), NOTHING)).isEqualTo(0);
            }
        }
        assertThat(map).isSameAs(VarMap.EMPTY);
    }

    @Test
    @CPythonTest({"test_context::test_hamt_items_3", "test_context::test_hamt_basics_1"})
    void aMapOfOneIsEmptiedByTakingThatOut() {
        TestKey key = new TestKey();
        assertThat(VarMap.EMPTY.with(key, "value").without(key)).isSameAs(VarMap.EMPTY);
        assertThat(VarMap.EMPTY.without(key)).isSameAs(VarMap.EMPTY);
        assertThat(VarMap.EMPTY.size()).isZero();
        VarMap.EMPTY.forEach((k, value) -> {
            throw new AssertionError("it has nothing");
        });
    }

    @Test
    void nullIsAValueLikeOthers() {
        TestKey key = new TestKey();
        VarMap map = VarMap.EMPTY.with(key, null);
        assertThat(map.get(key, NOTHING)).isNull();
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    @CPythonTest("test_context::test_hamt_basics_2")
    void puttingAKeyAgainReplacesItsValueInTheNewMapAlone() {
        TestKey key = new TestKey();
        assertThat(VarMap.EMPTY.get(key, NOTHING)).isSameAs(NOTHING);
        VarMap before = VarMap.EMPTY.with(key, "before");
        VarMap after = before.with(key, "after");
        assertThat(before.get(key, NOTHING)).isEqualTo("before");
        assertThat(after.get(key, NOTHING)).isEqualTo("after");
        assertThat(after.size()).isEqualTo(1);
    }

    @Test
    @CPythonTest({"test_context::test_hamt_basics_3", "test_context::test_hamt_basics_4"})
    void puttingTheVeryValueThatIsThereChangesNothing() {
        List<TestKey> keys = keys(100);
        VarMap map = VarMap.EMPTY;
        for (TestKey key : keys) {
            map = map.with(key, List.of(key));
        }
        for (TestKey key : keys) {
            Object present = map.get(key, NOTHING);
            assertThat(map.with(key, present)).isSameAs(map);
            Object equal = new ArrayList<>(List.of(key));
            VarMap with = map.with(key, equal);
            assertThat(with).isNotSameAs(map);
            assertThat(with.get(key, NOTHING)).isSameAs(equal);
            assertThat(map.get(key, NOTHING)).isSameAs(present);
        }
    }

    @Test
    void aLookupPassesTwoOrThreeNodesOfAThousand() {
        List<TestKey> keys = keys(1_000);
        VarMap map = VarMap.EMPTY;
        assertThat(map.depth(keys.getFirst())).isEqualTo(1);
        for (TestKey key : keys) {
            map = map.with(key, "value");
        }
        for (TestKey key : keys) {
            assertThat(map.depth(key)).isBetween(2, 3);
        }
    }

    /** Keys whose numbers start in the same way for as long as 32 bits allow. */
    @ParameterizedTest
    @CsvSource({"32, 4", "1024, 5"})
    void keysThatLieFarApartArentFarDownEither(int stride, int most) {
        List<TestKey> keys = new ArrayList<>();
        List<TestKey> all = keys(200 * stride);
        for (int i = 0; i < all.size(); i += stride) {
            keys.add(all.get(i));
        }
        VarMap map = VarMap.EMPTY;
        for (TestKey key : keys) {
            map = map.with(key, "value");
        }
        for (TestKey key : keys) {
            assertThat(map.get(key, NOTHING)).isEqualTo("value");
            assertThat(map.depth(key)).isBetween(2, most);
        }
        for (TestKey key : keys.subList(1, keys.size())) {
            map = map.without(key);
        }
        assertThat(map.size()).isEqualTo(1);
        assertThat(map.depth(keys.getFirst()))
                .as("what was made for the others is gone with them")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"10, 40", "11, 1000"})
    @CPythonTest("test_context::test_hamt_eq_1")
    void mapsAreEqualWhateverWayTheirEntriesTook(long seed, int count) {
        Random random = new Random(seed);
        List<TestKey> keys = keys(count);
        VarMap straight = VarMap.EMPTY;
        for (int i = 0; i < count; i++) {
            straight = straight.with(keys.get(i), "value " + i);
        }
        VarMap roundabout = VarMap.EMPTY;
        for (TestKey other : keys(count)) {
            roundabout = roundabout.with(other, "to be taken out");
            int i = random.nextInt(count);
            roundabout = roundabout.with(keys.get(i), "to be replaced");
        }
        List<VarMap.Key> extra = new ArrayList<>();
        roundabout.forEach((key, value) -> {
            if ("to be taken out".equals(value)) {
                extra.add(key);
            }
        });
        for (int i = count - 1; i >= 0; i--) {
            roundabout = roundabout.with(keys.get(i), new String("value " + i));
        }
        assertThat(roundabout).isNotEqualTo(straight);
        for (VarMap.Key key : extra) {
            roundabout = roundabout.without(key);
        }
        assertThat(roundabout.equals(straight)).isTrue();
        assertThat(straight.equals(roundabout)).isTrue();
        assertThat(roundabout).hasSameHashCodeAs(straight);
        assertThat(roundabout.with(keys.getFirst(), "another")).isNotEqualTo(straight);
        assertThat(roundabout.without(keys.getFirst())).isNotEqualTo(straight);
        assertThat(roundabout.without(keys.getFirst()).with(new TestKey(), "value 0"))
                .as("as many entries, but of another key")
                .isNotEqualTo(straight);
    }
}
