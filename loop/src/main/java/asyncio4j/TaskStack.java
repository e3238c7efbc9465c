package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The stack of a task without the library's own frames; of a task that is inside a generator's
 * body, the frames of the body and then of whoever asked it for an item.
 */
final class TaskStack {

    private static final StackTraceElement[] NONE = {};

    private TaskStack() {}

    /** The stack of {@code task}, innermost call first. Baton holder. */
    static StackTraceElement[] of(Task<?> task) {
        Throwable error = task.peekException();
        if (error != null) {
            return error.getStackTrace();
        }
        if (task.done()) {
            return NONE;
        }
        List<StackTraceElement> frames = new ArrayList<>();
        for (Fiber fiber = innermost(task); fiber != null; fiber = fiber.consumer()) {
            addOwn(fiber.stackTrace(), frames);
        }
        return frames.toArray(NONE);
    }

    /**
     * The fiber that {@code task}, which isn't done, is on: a generator's if it is inside its body.
     * Null if it hasn't begun. Baton holder.
     */
    static @Nullable Fiber innermost(Task<?> task) {
        Fiber active = active(task);
        return active == null ? task.step().resumes() : active;
    }

    /** Whether the calling code runs in {@code task}, or was called by it. Baton holder. */
    static boolean isActive(Task<?> task) {
        return active(task) != null;
    }

    /**
     * The innermost fiber of {@code task} if the calling code runs in it, or was called by it as an
     * eager start.
     */
    private static @Nullable Fiber active(Task<?> task) {
        Fiber innermost = Fiber.current();
        while (innermost != null && innermost.task() != task) {
            innermost = innermost.invoker();
        }
        return innermost;
    }

    /**
     * Adds the user's frames: from where the JDK's and the library's end at the top, to the call of
     * the body.
     */
    private static void addOwn(StackTraceElement[] whole, List<StackTraceElement> frames) {
        boolean found = false;
        for (StackTraceElement frame : whole) {
            if (found && LibraryFrames.isBottom(frame)) {
                return;
            }
            if (!LibraryFrames.isLibrary(frame) && (found || !LibraryFrames.isJdk(frame))) {
                frames.add(frame);
                found = true;
            }
        }
    }
}
