package asyncio4j;

import org.jspecify.annotations.Nullable;

/**
 * Makes the tasks of a loop; see {@link EventLoop#setTaskFactory}. Python's task factory.
 *
 * <p>A factory makes the task with {@link EventLoop#newTask}, with options or a coroutine of its
 * own choice.
 */
@FunctionalInterface
public interface TaskFactory {

    /**
     * Starts every task inside its create call, except those whose options say otherwise. Python's
     * {@code asyncio.eager_task_factory}.
     */
    TaskFactory EAGER =
            new TaskFactory() {
                @Override
                public <T extends @Nullable Object> Task<T> createTask(
                        EventLoop loop, Coroutine<T> coroutine, TaskOptions options) {
                    return loop.newTask(
                            coroutine,
                            options.eagerStart() == null ? options.eagerStart(true) : options);
                }

                @Override
                public String toString() {
                    return "TaskFactory.EAGER";
                }
            };

    /**
     * Makes a task. Called on the loop's thread, or while the loop doesn't run.
     *
     * @param loop the loop
     * @param coroutine the body
     * @param options what the caller of {@code createTask} asked for
     * @param <T> the type of the result
     * @return the task
     */
    <T extends @Nullable Object> Task<T> createTask(
            EventLoop loop, Coroutine<T> coroutine, TaskOptions options);
}
