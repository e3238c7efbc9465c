package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.context.VarMap;

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
    void aMapOfOneIsEmptiedByTakingThatOut() {
        TestKey key = new TestKey();
        assertThat(VarMap.EMPTY.with(key, "value").without(key)).isSameAs(VarMap.EMPTY);
        assertThat(VarMap.EMPTY.without(key)).isSameAs(VarMap.EMPTY);
    }

    @Test
    void nullIsAValueLikeOthers() {
        TestKey key = new TestKey();
        VarMap map = VarMap.EMPTY.with(key, null);
        assertThat(map.get(key, NOTHING)).isNull();
        assertThat(map.size()).isEqualTo(1);
    }

    @Test
    void puttingAKeyAgainReplacesItsValueInTheNewMapAlone() {
        TestKey key = new TestKey();
        VarMap before = VarMap.EMPTY.with(key, "before");
        VarMap after = before.with(key, "after");
        assertThat(before.get(key, NOTHING)).isEqualTo("before");
        assertThat(after.get(key, NOTHING)).isEqualTo("after");
        assertThat(after.size()).isEqualTo(1);
    }
}
