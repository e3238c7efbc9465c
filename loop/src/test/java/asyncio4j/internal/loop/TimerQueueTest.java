package asyncio4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.fiber.Step;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The timers against a list that is sorted each time. */
class TimerQueueTest {

    private static final int PROGRAMS = 300;

    private static final int OPERATIONS = 400;

    /** Small, so that many timers are due at the same time. */
    private static final int LATEST = 40;

    private final TimerQueue queue = new TimerQueue();

    private final ArrayDeque<Step> ready = new ArrayDeque<>();

    /** Those that are neither due nor cancelled, in the order in which they came. */
    private final List<Timer> model = new ArrayList<>();

    private int made;

    private static final class Timer extends TimerStep {

        private final int number;

        Timer(long when, int number) {
            super(when);
            this.number = number;
        }

        @Override
        public void run() {
            throw new AssertionError("nobody runs it here");
        }

        @Override
        public String toString() {
            return number + " at " + dueNanos();
        }
    }

    private Timer add(long when) {
        Timer timer = new Timer(when, made++);
        queue.add(timer);
        model.add(timer);
        return timer;
    }

    private void expire(long now) {
        List<Timer> due =
                model.stream()
                        .filter(timer -> timer.dueNanos() <= now)
                        .sorted(Comparator.comparingLong(Timer::dueNanos)) // stable
                        .toList();
        model.removeAll(due);
        queue.expire(now, ready);
        assertThat(List.copyOf(ready)).isEqualTo(due);
        ready.clear();
    }

    private Timer cancel(int index) {
        Timer timer = model.remove(index);
        queue.cancel(timer);
        queue.cancel(timer);
        return timer;
    }

    @Test
    void anyProgramDoesWhatItDoesToAList() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < OPERATIONS; i++) {
                switch (random.nextInt(model.isEmpty() ? 3 : 7)) {
                    case 0, 1, 2 -> add(random.nextInt(LATEST) - LATEST / 4);
                    case 3, 4, 5 -> cancel(random.nextInt(model.size()));
                    default -> expire(random.nextInt(LATEST) / (random.nextInt(9) + 1) - 5);
                }
                TimerStep first =
                        model.stream().min(Comparator.comparingLong(Timer::dueNanos)).orElse(null);
                assertThat(queue.peek()).as("seed %d, operation %d", seed, i).isSameAs(first);
                assertThat(queue.size()).isGreaterThanOrEqualTo(model.size());
            }
            expire(LATEST);
            assertThat(queue.size()).isZero();
        }
    }

    @Test
    void tensOfThousandsComeInTheirOrder() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            add(random.nextInt(10_000));
        }
        for (int i = 0; i < 30_000; i++) { // over half: they are taken out at once
            queue.cancel(model.get(i));
        }
        List<Timer> left = List.copyOf(model.subList(30_000, model.size()));
        model.clear();
        model.addAll(left);
        assertThat(queue.peek()).isNotNull();
        assertThat(queue.size()).isEqualTo(20_000);
        expire(10_000);
    }

    @Test
    void oneThatIsCancelledAfterItWasDueDoesntCount() {
        Timer timer = add(1);
        expire(1);
        queue.cancel(timer);
        for (int i = 0; i < 300; i++) {
            add(2);
        }
        for (int i = 0; i < 150; i++) {
            cancel(0);
        }
        queue.peek();
        assertThat(queue.size()).as("the first ones are gone").isEqualTo(150);
        expire(2);
    }

    @Test
    void clearedItIsEmpty() {
        for (int i = 0; i < 100; i++) {
            add(i);
        }
        queue.clear();
        model.clear();
        assertThat(queue.peek()).isNull();
        assertThat(queue.size()).isZero();
        add(7);
        expire(7);
    }
}
