package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a loop does last. Called by the thread that owns it, while it doesn't run. */
final class LoopClose {

    private LoopClose() {}

    /** Drops what is queued, ends what is suspended, and says what was left. */
    static void close(DefaultEventLoop loop, Set<Runnable> listeners) {
        loop.signals().close();
        List<Task<?>> pending = new ArrayList<>(loop.tasks().copy());
        loop.core().close();
        for (Task<?> task : pending) {
            if (task.logDestroyPending()) {
                loop.report(
                        ExceptionContext.of("Task was destroyed but it is pending!", null)
                                .future(task));
            }
            Fiber fiber = task.step().resumes();
            if (fiber != null) {
                unwind(loop, task, fiber);
            } else {
                task.abandon(); // never began
            }
        }
        loop.generators().unwind();
        for (Runnable listener : List.copyOf(listeners)) {
            if (listeners.remove(listener)) { // else whoever came too late to be sure has called it
                listener.run();
            }
        }
        loop.core().engine().close();
        loop.unretrieved().close();
        Unawaited.close(loop);
    }

    private static void unwind(DefaultEventLoop loop, Task<?> task, Fiber fiber) {
        loop.core().engine().unwind(fiber);
        if (!task.done()) {
            task.abandon();
            loop.report(
                    ExceptionContext.of(
                                    "coroutine ignored GeneratorExit: it goes on awaiting after its"
                                            + " loop was closed, and is left",
                                    null)
                            .future(task));
        }
    }
}
