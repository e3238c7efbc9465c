package asyncio4j.internal.locks;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.AsyncFuture;
import asyncio4j.Asyncio;
import asyncio4j.EventLoop;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The line against a list that is searched from its head each time, as asyncio does. */
class WaitingLineTest {

    private static final int PROGRAMS = 500;

    private static final int OPERATIONS = 200;

    private final EventLoop loop = Asyncio.newEventLoop();

    private final WaitingLine line = new WaitingLine();

    /** Those who are in the line, and their places. */
    private final List<AsyncFuture<Void>> turns = new ArrayList<>();

    private final List<WaitingLine.Place> places = new ArrayList<>();

    @AfterEach
    void close() {
        loop.close();
    }

    private void add() {
        AsyncFuture<Void> turn = loop.createFuture();
        turns.add(turn);
        places.add(line.add(turn));
    }

    private WaitingLine.Place remove(int index) {
        turns.remove(index);
        WaitingLine.Place place = places.remove(index);
        line.remove(place);
        return place;
    }

    /** What has to be done after {@code wake(most)}: the first ones that weren't before. */
    private List<AsyncFuture<Void>> firstPending(int most) {
        return turns.stream().filter(turn -> !turn.done()).limit(most).toList();
    }

    private boolean anyNotCancelled() {
        return turns.stream().anyMatch(turn -> !turn.cancelled());
    }

    @Test
    void anEmptyLineWakesNobody() {
        assertThat(line.wake(3)).isZero();
        line.wakeFirst();
        line.wakeAndRemoveNext();
        line.wakeAndRemoveAll();
        assertThat(line.waiting()).isFalse();
        assertThat(line.size()).isZero();
    }

    @Test
    void onlyTheHeadIsWokenFirst() {
        add();
        add();
        line.wakeFirst();
        line.wakeFirst();
        assertThat(turns.stream().map(AsyncFuture::done)).containsExactly(true, false);
        remove(0);
        line.wakeFirst();
        assertThat(turns.getFirst().done()).isTrue();
    }

    @Test
    void takingOutAgainDoesNothing() {
        add();
        add();
        WaitingLine.Place place = remove(0);
        line.remove(place);
        assertThat(line.size()).isEqualTo(1);
        assertThat(line.waiting()).isTrue();
    }

    @Test
    void anyProgramDoesWhatItDoesToAList() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < OPERATIONS; i++) {
                operation(random);
                String where = "seed " + seed + ", operation " + i;
                assertThat(line.size()).as(where).isEqualTo(turns.size());
                assertThat(line.waiting()).as(where).isEqualTo(anyNotCancelled());
            }
            while (!turns.isEmpty()) {
                remove(random.nextInt(turns.size()));
            }
            assertThat(line.waiting()).isFalse();
        }
    }

    private void operation(Random random) {
        int chosen = turns.isEmpty() ? 0 : random.nextInt(turns.size());
        switch (random.nextInt(turns.isEmpty() ? 1 : 8)) {
            case 0, 1, 2 -> add();
            case 3 -> remove(chosen);
            case 4 -> turns.get(chosen).cancel();
            case 5 -> {
                int most = random.nextInt(4);
                List<AsyncFuture<Void>> expected = firstPending(most);
                List<AsyncFuture<Void>> others = firstPending(Integer.MAX_VALUE);
                assertThat(line.wake(most)).isEqualTo(expected.size());
                assertThat(expected).allMatch(AsyncFuture::done);
                assertThat(others.subList(expected.size(), others.size()))
                        .noneMatch(AsyncFuture::done);
            }
            case 6 -> {
                AsyncFuture<Void> head = turns.getFirst();
                List<AsyncFuture<Void>> pending = firstPending(Integer.MAX_VALUE);
                line.wakeFirst();
                assertThat(pending.stream().filter(AsyncFuture::done).toList())
                        .isEqualTo(pending.stream().filter(turn -> turn == head).toList());
            }
            default -> {
                List<AsyncFuture<Void>> expected = firstPending(1);
                line.wakeAndRemoveNext();
                assertThat(expected).allMatch(turn -> turn.done() && !turn.cancelled());
                for (AsyncFuture<Void> turn : expected) {
                    int index = turns.indexOf(turn);
                    turns.remove(index);
                    places.remove(index);
                }
            }
        }
    }
}
