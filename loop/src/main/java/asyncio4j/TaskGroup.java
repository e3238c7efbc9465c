package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Tasks that are started together and waited for together: a body of code that starts them, and an
 * end that none of them outlives. Python's {@code asyncio.TaskGroup}.
 *
 * {@snippet :
 * String both = await(taskGroup(group -> {
 *     Task<String> user = group.createTask(sleep(Duration.ofMillis(20), "ada"));
 *     Task<String> item = group.createTask(sleep(Duration.ofMillis(10), "news"));
 *     return await(user) + await(item);
 * }));
 * }
 *
 * <p>When a task or the body fails, all others are cancelled, the body too; once they have ended,
 * an {@link ExceptionGroup} of all the failures is thrown. A task that was cancelled is no failure.
 * {@link KeyboardInterrupt} and {@link SystemExit} come out as they are. Cancelling the task that
 * runs the group, its parent, cancels the whole group, and the {@link CancelledError} comes out
 * once all have ended; failures beat it, but it isn't lost: the parent gets it at its next await.
 *
 * <p>{@link Asyncio#taskGroup(Body)} is enough for most; make a group yourself to have it before it
 * runs, and {@link #run(Body)} it once. Python's {@code async with} has become a function of the
 * body, as Java can't replace an exception on its way out of a block. From its start on a group
 * belongs to its loop's thread, and its methods fail on any other while the loop runs.
 */
public final class TaskGroup {

    static final String NULL_BODY =
            "the body is null: pass a lambda, such as group -> { group.createTask(...); }";

    /**
     * What runs in a group and may start tasks there.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> extends VoidBody {

        /**
         * The body. It runs in the task that runs the group.
         *
         * @param group the group
         * @return the result
         * @throws Exception what the body throws; it joins the failures of the tasks
         */
        T run(TaskGroup group) throws Exception;

        /** Runs this and drops the result. */
        @Override
        default void execute(TaskGroup group) throws Exception {
            run(group);
        }
    }

    /**
     * A {@link Body} without a result. Java chooses by whether the lambda returns something; if it
     * is a single call without a result, it needs braces, as in {@code group -> { serve(group); }}.
     */
    @FunctionalInterface
    public interface VoidBody {

        /**
         * The body. It runs in the task that runs the group.
         *
         * @param group the group
         * @throws Exception what the body throws; it joins the failures of the tasks
         */
        void execute(TaskGroup group) throws Exception;
    }

    // Baton holder only, all of it; before the entry, whoever has the group.

    /** Null before the entry, as is {@link #parent}. */
    private @Nullable DefaultEventLoop loop;

    /** The task that runs this; null again after the end. */
    private @Nullable Task<?> parent;

    /** Those that aren't done, or whose end hasn't been looked at yet. */
    private final Set<Task<?>> tasks = new LinkedHashSet<>();

    private final List<Throwable> errors = new ArrayList<>();

    /** The first KeyboardInterrupt or SystemExit. */
    private @Nullable Throwable baseError;

    /** What the exit waits for; null where it doesn't. */
    private @Nullable StandIn<@Nullable Void> completed;

    private boolean cancelOnEnter;

    private boolean exiting;

    /** The tasks have been cancelled, and no more are taken. */
    private boolean aborting;

    /** This has cancelled its parent, and takes that back at the exit. */
    private boolean parentCancelRequested;

    /** A group that hasn't begun yet. */
    public TaskGroup() {}

    /**
     * Runs {@code body} and waits for all tasks of this group, in the calling task. A group runs
     * once.
     *
     * @param body what starts the tasks
     * @param <T> the type of the result
     * @return a coroutine of the body's result; null if {@link #cancel} kept the body from having
     *     one. It throws {@link ExceptionGroup} if the body or a task failed, {@link
     *     CancelledError} if the calling task was cancelled, and {@link IllegalStateException} if
     *     this group has begun before
     */
    @CheckReturnValue
    public <T extends @Nullable Object> Coroutine<T> run(Body<T> body) {
        Objects.requireNonNull(body, NULL_BODY);
        return Unawaited.track(
                "TaskGroup.run", () -> runIn(Asyncio.requireTask("TaskGroup.run"), body));
    }

    /**
     * {@link #run(Body)} without a result.
     *
     * @param body what starts the tasks
     * @return a coroutine that ends when the body and all tasks have
     */
    @CheckReturnValue
    public Coroutine<@Nullable Void> run(VoidBody body) {
        Objects.requireNonNull(body, NULL_BODY);
        return this.<@Nullable Void>run(group -> {
            body.execute(group);
            return null;
        });
    }

    @SuppressWarnings("NullAway") // null where cancel() ended the body, as run(body) says
    private <T extends @Nullable Object> T runIn(Task<?> task, Body<T> body) {
        if (loop != null) {
            throw new IllegalStateException(
                    this + " has already been entered: make a new one for each run");
        }
        loop = task.loop();
        parent = task;
        if (cancelOnEnter) {
            cancel();
        }
        T value = null;
        Throwable error = null;
        try {
            value = body.run(this);
        } catch (Throwable e) { // whatever it is, the tasks have to end first
            error = TimeoutError.leaving(e);
        }
        try {
            exit(task.loop(), task, error);
        } finally {
            parent = null;
            errors.clear();
            baseError = null;
        }
        return value;
    }

    private void exit(DefaultEventLoop loop, Task<?> parent, @Nullable Throwable error) {
        if (DefaultEventLoop.currentFiber().dying()) {
            throw Sneaky.raise(error == null ? new GeneratorExit() : error); // the loop is closed
        }
        exiting = true;
        if (isBaseError(error) && baseError == null) {
            baseError = error;
        }
        if (error != null && !aborting) {
            abort();
        }
        CancelledError propagate = error instanceof CancelledError cancelled ? cancelled : null;
        CancelledError last = null;
        while (!tasks.isEmpty()) { // again and again, as often as the parent is cancelled meanwhile
            StandIn<@Nullable Void> future = new StandIn<>(loop, () -> List.copyOf(tasks));
            completed = future;
            try {
                Asyncio.await(future);
            } catch (CancelledError e) {
                last = e;
                if (!aborting) {
                    propagate = e;
                    abort();
                }
            } finally {
                completed = null;
            }
        }
        if (error != null && !(error instanceof CancelledError)) {
            errors.add(error);
        }
        if (baseError != null) {
            throw raiseBare(loop, baseError);
        }
        if (parentCancelRequested) {
            if (parent.uncancel() == 0) {
                propagate = null; // it was for this group's own sake
            } else if (propagate == null) {
                propagate = last; // somebody else wants the parent cancelled, too
            }
        }
        if (propagate != null && errors.isEmpty()) {
            throw Timeout.delivered(parent, propagate); // now that this group's own is taken back
        }
        if (!errors.isEmpty()) {
            if (parent.cancelling() > 0) { // from outside: it keeps its count and is delivered anew
                parent.uncancel();
                parent.cancel();
            }
            if (error instanceof GeneratorExit && errors.size() == 1) {
                throw Sneaky.raise(error); // an async generator is closed at a yield in the body
            }
            throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
        }
    }

    /** KeyboardInterrupt and SystemExit; the other failures are reported, as nobody else would. */
    private RuntimeException raiseBare(DefaultEventLoop loop, Throwable base) {
        for (Throwable error : errors) {
            if (error != base) {
                loop.report(
                        ExceptionContext.of(
                                "an exception in a TaskGroup that is left by "
                                        + base.getClass().getSimpleName(),
                                error));
            }
        }
        return Sneaky.raise(base);
    }

    private static boolean isBaseError(@Nullable Throwable error) {
        return error instanceof KeyboardInterrupt || error instanceof SystemExit;
    }

    /**
     * Starts a task in this group. Python's {@code TaskGroup.create_task}.
     *
     * @param coroutine the body of the task
     * @param <T> the type of the result
     * @return the task
     * @throws IllegalStateException if the group hasn't begun, is being cancelled, or has ended
     */
    public <T extends @Nullable Object> Task<T> createTask(Coroutine<T> coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /**
     * {@link #createTask(Coroutine)} without a result.
     *
     * @param coroutine the body of the task
     * @return the task
     */
    public Task<@Nullable Void> createTask(VoidCoroutine coroutine) {
        return createTask(coroutine, TaskOptions.DEFAULT);
    }

    /**
     * {@link #createTask(Coroutine)} with options.
     *
     * @param coroutine the body of the task
     * @param options name, context and kind of start
     * @param <T> the type of the result
     * @return the task
     */
    public <T extends @Nullable Object> Task<T> createTask(
            Coroutine<T> coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        DefaultEventLoop entered = loop;
        if (entered == null) {
            throw new IllegalStateException(
                    this + " has not been entered: create tasks inside of its run(body)");
        }
        entered.checkThread("TaskGroup.createTask");
        if (finished()) {
            throw new IllegalStateException(
                    this + " is finished: create tasks while it runs, or make a new group");
        }
        if (aborting) {
            throw new IllegalStateException(
                    this
                            + " is shutting down, after a failure or a cancel: it takes no more"
                            + " tasks");
        }
        Task<T> task = entered.facade().createTask(coroutine, options);
        tasks.add(task);
        task.add(
                new TaskDone(task)); // even if it is done, lest it cancel the calling task too soon
        if (aborting && !task.done()) {
            task.cancel(); // it has begun eagerly, and cancelled this group
        }
        return task;
    }

    /**
     * {@link #createTask(Coroutine, TaskOptions)} without a result.
     *
     * @param coroutine the body of the task
     * @param options name, context and kind of start
     * @return the task
     */
    public Task<@Nullable Void> createTask(VoidCoroutine coroutine, TaskOptions options) {
        Objects.requireNonNull(coroutine, Asyncio.NULL_COROUTINE);
        return createTask(Coroutine.of(coroutine), options);
    }

    /**
     * Ends the group early and in peace: cancels its tasks and its body, and {@code run} ends
     * without a {@link CancelledError} once they have. Before the beginning: as soon as it begins,
     * so that the body gets as far as its first await. Does nothing when called again, or after the
     * end. Python's {@code TaskGroup.cancel}, since 3.15.
     */
    public void cancel() {
        DefaultEventLoop entered = loop;
        Task<?> task = parent;
        if (entered == null) {
            cancelOnEnter = true;
            return;
        }
        entered.checkThread("TaskGroup.cancel");
        if (aborting || task == null || finished()) {
            return;
        }
        abort();
        cancel(task);
    }

    private boolean finished() {
        return loop != null && (parent == null || exiting) && tasks.isEmpty();
    }

    private void abort() {
        aborting = true;
        for (Task<?> task : tasks) {
            if (!task.done()) { // else it would count as asked for its exception
                task.cancel();
            }
        }
    }

    /** Cancels the parent, which {@link #exit} takes back. */
    private void cancel(Task<?> task) {
        parentCancelRequested = true;
        task.cancel();
    }

    private void taskDone(Task<?> task) {
        tasks.remove(task);
        if (completed != null && tasks.isEmpty()) {
            completed.setResultUnlessDone(null);
        }
        Throwable error = task.peekException();
        if (error == null) {
            return;
        }
        task.retrieved();
        errors.add(error);
        if (isBaseError(error) && baseError == null) {
            baseError = error;
        }
        Task<?> running = parent;
        if (running == null || running.done()) {
            task.loop()
                    .report(
                            ExceptionContext.of(
                                            "a task has failed, but the task that ran its TaskGroup"
                                                    + " has ended already",
                                            error)
                                    .future(task));
        } else if (!aborting) {
            abort();
            cancel(running);
        }
    }

    @Override
    public String toString() {
        return "TaskGroup["
                + (loop == null
                        ? "not entered"
                        : finished() ? "finished" : aborting ? "cancelling" : "entered")
                + (tasks.isEmpty() ? "" : ", tasks=" + tasks.size())
                + (errors.isEmpty() ? "" : ", errors=" + errors.size())
                + "]";
    }

    /** How a task's end reaches its group. */
    private final class TaskDone extends StepCallback {

        private final Task<?> task;

        TaskDone(Task<?> task) {
            this.task = task;
        }

        // Unless it has to call the exception handler.
        @Override
        public boolean light() {
            Task<?> running = parent;
            return (running != null && !running.done()) || task.peekException() == null;
        }

        @Override
        public void run() {
            taskDone(task);
        }

        @Override
        public String toString() {
            return "the end of " + task + " in its group";
        }
    }
}
