package asyncio4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.internal.fiber.Step;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What comes in from other threads. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InboxTest {

    private static Step step() {
        return new Step() {
            @Override
            public void run() {
                // only there to be there
            }
        };
    }

    @Test
    void whatWasPostedIsHandedOverOnceAndInOrder() {
        Inbox inbox = new Inbox();
        List<Step> steps = List.of(step(), step(), step());
        assertThat(steps).allMatch(inbox::post);
        ArrayDeque<Step> ready = new ArrayDeque<>();
        inbox.drainTo(ready::add);
        inbox.drainTo(ready::add);
        assertThat(ready).containsExactlyElementsOf(steps);
    }

    @Test
    void whoPostsWithoutEndDoesntKeepTheLoopHere() {
        Inbox inbox = new Inbox();
        List<Step> later = new ArrayList<>();
        ArrayDeque<Step> ready =
                new ArrayDeque<>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public boolean add(Step step) {
                        Step another = step();
                        later.add(another);
                        assertThat(inbox.post(another))
                                .isTrue(); // as another thread would just then
                        return super.add(step);
                    }
                };
        List<Step> first = List.of(step(), step());
        assertThat(first).allMatch(inbox::post);
        inbox.drainTo(ready::add);
        assertThat(ready).containsExactlyElementsOf(first);
        ready.clear();
        List<Step> second = List.copyOf(later);
        inbox.drainTo(ready::add);
        assertThat(ready).containsExactlyElementsOf(second).hasSize(2);
    }

    @Test
    void muchIsHandedOverInTurns() {
        Inbox inbox = new Inbox();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 2 * Inbox.MOST_AT_ONCE; i++) {
            Step step = step();
            steps.add(step);
            assertThat(inbox.post(step)).isTrue();
        }
        ArrayDeque<Step> ready = new ArrayDeque<>();
        inbox.drainTo(ready::add);
        assertThat(ready).hasSize(Inbox.MOST_AT_ONCE);
        Step late = step();
        steps.add(late);
        assertThat(inbox.post(late)).isTrue();
        inbox.drainTo(ready::add);
        assertThat(ready).hasSize(2 * Inbox.MOST_AT_ONCE);
        inbox.drainTo(ready::add);
        assertThat(ready).containsExactlyElementsOf(steps);
        inbox.drainTo(ready::add);
        assertThat(ready).hasSameSizeAs(steps);
    }

    @Test
    void whatComesWhileMuchIsLeftWaitsBehindIt() {
        Inbox inbox = new Inbox();
        List<Step> steps = new ArrayList<>();
        ArrayDeque<Step> ready = new ArrayDeque<>();
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < Inbox.MOST_AT_ONCE + 1; i++) {
                Step step = step();
                steps.add(step);
                assertThat(inbox.post(step)).isTrue();
            }
            inbox.drainTo(ready::add);
        }
        for (int turn = 0; turn < 4; turn++) {
            inbox.drainTo(ready::add);
        }
        assertThat(ready).containsExactlyElementsOf(steps);
    }

    @Test
    void aClosedOneRefusesAndHasNothing() {
        Inbox inbox = new Inbox();
        assertThat(inbox.post(step())).isTrue();
        inbox.close();
        assertThat(inbox.post(step())).isFalse();
        ArrayDeque<Step> ready = new ArrayDeque<>();
        inbox.drainTo(ready::add);
        assertThat(ready).isEmpty();
    }
}
