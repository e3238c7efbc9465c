package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import asyncio4j.testing.CPythonTest;
import asyncio4j.testing.Contract;
import asyncio4j.testing.OtherThread;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a group refuses, at once and with a remedy. */
class TaskGroupMisuseTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private final List<Object> order = new ArrayList<>();

    private static void assertRefused(Throwable error, String message) {
        assertThat(error).isInstanceOf(IllegalStateException.class).hasMessage(message);
    }

    @Test
    @CPythonTest({
        "test_taskgroups::test_taskgroup_already_entered",
        "test_taskgroups::test_taskgroup_double_enter"
    })
    void aGroupRunsOnce() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            Coroutine<?> again = group.run(g -> order.add("second body"));
            await(
                    group.run(g -> {
                        assertRefused(
                                catchThrowable(() -> await(again)),
                                "TaskGroup[entered] has already been entered: make a new one for"
                                        + " each run");
                        order.add("first body");
                    }));
            assertRefused(
                    catchThrowable(() -> await(again)),
                    "TaskGroup[finished] has already been entered: make a new one for each run");
        });
        assertThat(order).containsExactly("first body");
    }

    @Test
    @Contract(54)
    @CPythonTest({
        "test_taskgroups::test_taskgroup_finished",
        "test_taskgroups::test_coro_closed_when_tg_closed"
    })
    void aGroupThatHasEndedTakesNoMoreTasks() {
        runner.run(() -> {
            TaskGroup group = new TaskGroup();
            await(group.run(g -> {}));
            assertRefused(
                    catchThrowable(() -> group.createTask(() -> order.add("ran"))),
                    "TaskGroup[finished] is finished: create tasks while it runs, or make a new"
                            + " group");
            await(sleep(Duration.ZERO));
            assertThat(Asyncio.allTasks()).containsExactly(currentTask());
        });
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_not_entered")
    void aGroupThatHasntBegunTakesNoTasks() {
        TaskGroup group = new TaskGroup();
        Throwable error = catchThrowable(() -> group.createTask(() -> order.add("ran")));
        assertRefused(
                error,
                "TaskGroup[not entered] has not been entered: create tasks inside of its"
                        + " run(body)");
        runner.run(() -> {
            assertRefused(
                    catchThrowable(
                            () -> group.createTask(() -> order.add("ran"), TaskOptions.DEFAULT)),
                    error.getMessage());
        });
        assertThat(order).isEmpty();
    }

    @Test
    @CPythonTest("test_taskgroups::test_taskgroup_without_parent_task")
    void aGroupNeedsATaskToRunIn() {
        TaskGroup group = new TaskGroup();
        Coroutine<?> run = group.run(g -> order.add("body"));
        assertThatThrownBy(run::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TaskGroup.run outside of a coroutine");
        runner.run(() -> {
            AsyncFuture<Throwable> refused = getRunningLoop().createFuture();
            getRunningLoop().callSoon(() -> refused.setResult(catchThrowable(run::run)));
            assertThat(await(refused))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TaskGroup.run inside a plain callback");
            assertThatThrownBy(() -> group.createTask(() -> order.add("ran")))
                    .hasMessageContaining("has not been entered");
            assertThat(order).isEmpty();
            await(run); // nothing has happened to it
        });
        assertThat(order).containsExactly("body");
    }

    @Test
    void itBelongsToItsLoopsThread() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        for (OtherThread.Action action :
                                List.<OtherThread.Action>of(
                                        () -> group.createTask(() -> order.add("ran")),
                                        group::cancel)) {
                            assertThat(OtherThread.failureOf(action))
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageStartingWith("TaskGroup.")
                                    .hasMessageContaining("belongs to the thread of")
                                    .hasMessageEndingWith("use loop.callSoonThreadsafe(...)");
                        }
                        assertThat(group).hasToString("TaskGroup[entered]");
                    }));
        });
        assertThat(order).isEmpty();
    }

    @Test
    void nullsAreRefusedAtOnce() {
        runner.run(() -> {
            await(
                    taskGroup(group -> {
                        assertThatThrownBy(() -> group.createTask((Coroutine<?>) null))
                                .isInstanceOf(NullPointerException.class)
                                .hasMessageStartingWith("a coroutine was expected, not null");
                        assertThatThrownBy(() -> group.createTask((VoidCoroutine) null))
                                .isInstanceOf(NullPointerException.class)
                                .hasMessageStartingWith("a coroutine was expected, not null");
                        assertThatThrownBy(() -> group.createTask(() -> 1, null))
                                .isInstanceOf(NullPointerException.class)
                                .hasMessageStartingWith("the options are null");
                        assertThat(group).hasToString("TaskGroup[entered]");
                    }));
        });
        for (Throwable error :
                List.of(
                        catchThrowable(() -> taskGroup((TaskGroup.Body<?>) null)),
                        catchThrowable(() -> taskGroup((TaskGroup.VoidBody) null)),
                        catchThrowable(() -> new TaskGroup().run((TaskGroup.Body<?>) null)),
                        catchThrowable(() -> new TaskGroup().run((TaskGroup.VoidBody) null)))) {
            assertThat(error)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageStartingWith("the body is null: pass a lambda");
        }
    }
}
