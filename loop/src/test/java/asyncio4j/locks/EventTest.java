package asyncio4j.locks;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OnVirtualClock;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Waiting for an event. */
class EventTest extends OnVirtualClock {

    /** A task that waits for the event. */
    private Task<?> waiter(Event event, Object name) {
        return createTask(() -> {
            await(event.waitFor());
            log.add(name);
        });
    }

    @Test
    @CPythonTest("test_locks::EventTests::test_repr")
    void toStringTellsWhetherItIsSetAndHowManyWait() {
        runner.run(() -> {
            Event event = new Event();
            assertThat(event).hasToString("Event[unset]");
            event.set();
            assertThat(event).hasToString("Event[set]");
            event.clear();
            Task<?> waiter = waiter(event, 1);
            iteration();
            assertThat(event).hasToString("Event[unset, waiters=1]");
            event.set();
            assertThat(event).hasToString("Event[set, waiters=1]");
            await(waiter);
            assertThat(event).hasToString("Event[set]");
        });
    }

    @Test
    @CPythonTest("test_locks::EventTests::test_wait")
    void setLetsAllGoOnInOrderAfterThoseWhoFoundItSet() {
        runner.run(() -> {
            Event event = new Event();
            assertThat(event.isSet()).isFalse();
            Task<?> first = waiter(event, 1);
            Task<?> second = waiter(event, 2);
            iteration();
            assertThat(log).isEmpty();
            Task<?> third = waiter(event, 3);
            event.set();
            iteration();
            assertThat(log).containsExactly(3, 1, 2);
            assertThat(List.of(first, second, third)).allMatch(Task::done);
        });
    }

    @Test
    @CPythonTest("test_locks::test_wait_on_set")
    void eventThatIsSetIsNotWaitedFor() {
        runner.run(() -> {
            Event event = new Event();
            event.set();
            runner.loop().callSoon(() -> log.add("iteration"));
            await(event.waitFor());
            assertThat(log).isEmpty();
        });
    }

    @Test
    @CPythonTest("test_locks::EventTests::test_wait_cancel")
    void whoIsCancelledDoesNotWaitAnyMore() {
        runner.run(() -> {
            Event event = new Event();
            Task<?> waiter = createTask(event.waitFor());
            runner.loop().callSoon(waiter::cancel);
            assertThatThrownBy(() -> await(waiter)).isInstanceOf(CancelledError.class);
            assertThat(event).hasToString("Event[unset]");
        });
    }

    @Test
    @CPythonTest("test_locks::test_clear")
    void clearUnsetsIt() {
        Event event = new Event();
        event.set();
        assertThat(event.isSet()).isTrue();
        event.clear();
        assertThat(event.isSet()).isFalse();
    }

    @Test
    @Contract(73)
    @CPythonTest("test_locks::test_clear_with_waiters")
    void setThenClearedStillWakesThoseWhoWaited() {
        runner.run(() -> {
            Event event = new Event();
            Task<?> waiter = waiter(event, 1);
            iteration();
            event.set();
            event.clear();
            assertThat(event.isSet()).isFalse();
            event.set();
            event.set();
            assertThat(event).hasToString("Event[set, waiters=1]");
            event.clear();
            iteration();
            assertThat(log).containsExactly(1);
            assertThat(waiter.done()).isTrue();
            assertThat(event).hasToString("Event[unset]");
        });
    }

    @Test
    void whoIsCancelledAfterItWasWokenTakesNothingFromTheOthers() {
        runner.run(() -> {
            Event event = new Event();
            Task<?> first = waiter(event, 1);
            Task<?> second = waiter(event, 2);
            iteration();
            first.cancel();
            event.set();
            second.cancel();
            Task<?> third = waiter(event, 3);
            iteration();
            assertThat(first.cancelled()).isTrue();
            assertThat(second.cancelled()).isTrue();
            assertThat(third.done()).isTrue();
            assertThat(event).hasToString("Event[set]");
        });
        assertThat(log).containsExactly(3);
    }
}
