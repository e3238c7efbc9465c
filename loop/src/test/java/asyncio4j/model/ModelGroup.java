package asyncio4j.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** asyncio.TaskGroup. */
final class ModelGroup {

    private final ModelLoop loop;

    private final ModelTask parent;

    private final Set<ModelTask> tasks = new LinkedHashSet<>();

    private final List<ModelError> errors = new ArrayList<>();

    /** What the exit waits for. */
    private ModelFuture completed;

    /** The cancel that comes out in the end, if no error does. */
    private ModelError propagate;

    private boolean exiting;

    private boolean aborting;

    private boolean parentCancelRequested;

    /** Enters it, in the task that runs. */
    ModelGroup(ModelLoop loop) {
        this.loop = loop;
        this.parent = loop.current;
    }

    /** The rest of {@code async with}. */
    Co block(Co body) {
        return body.handle(o -> {
            exiting = true;
            propagate = o.isCancelled() ? o.error() : null;
            if (o.isFailure() && !aborting) {
                abort();
            }
            return allDone().then(_ -> new Co.Done(exit(o)));
        });
    }

    private Co allDone() {
        if (tasks.isEmpty()) {
            return Co.NOTHING;
        }
        completed = new ModelFuture(loop);
        return Co.await(completed)
                .handle(o -> {
                    if (o.isFailure() && !o.isCancelled()) {
                        return new Co.Done(o);
                    }
                    if (o.isCancelled() && !aborting) {
                        propagate = o.error();
                        abort();
                    }
                    completed = null;
                    return allDone();
                });
    }

    private Outcome exit(Outcome body) {
        if (parentCancelRequested && !loop.has(Flaw.GROUP_KEEPS_ITS_CANCEL)) {
            if (parent.uncancel() == 0) {
                propagate = null;
            }
        }
        if (propagate != null && errors.isEmpty()) {
            return Outcome.failed(propagate);
        }
        if (body.isFailure() && !body.isCancelled()) {
            errors.add(body.error());
        }
        if (errors.isEmpty()) {
            return body;
        }
        if (parent.cancelling() > 0) {
            parent.uncancel();
            parent.cancel(null);
        }
        if (errors.size() == 1 && body.isFailure() && body.error().is(ModelError.GENERATOR_EXIT)) {
            // Python makes a group of it; the library lets it go on closing a generator
            return body;
        }
        return Outcome.failed(ModelError.group(errors));
    }

    /** As in CPython 3.14: even of a task that is done when it is made one hears by a callback. */
    ModelTask createTask(Co body, boolean eager) {
        if ((exiting && tasks.isEmpty()) || aborting) {
            throw ModelError.of(ModelError.RUNTIME_ERROR);
        }
        ModelTask task = eager ? ModelTask.createEager(loop, body) : ModelTask.create(loop, body);
        tasks.add(task);
        task.addDoneCallback(_ -> taskDone(task));
        return task;
    }

    private void abort() {
        aborting = true;
        for (ModelTask task : tasks) {
            if (!task.done()) {
                task.cancel(null);
            }
        }
    }

    private void taskDone(ModelTask task) {
        tasks.remove(task);
        if (completed != null && tasks.isEmpty() && !completed.done()) {
            completed.setResult(true);
        }
        ModelError error = task.cancelled() ? null : task.exception();
        if (error == null) {
            return;
        }
        errors.add(error);
        if (parent.done()) {
            throw new OutOfScope("a group outlives its parent");
        }
        if (!aborting && !parentCancelRequested) {
            abort();
            parentCancelRequested = true;
            parent.cancel(null);
        }
    }
}
