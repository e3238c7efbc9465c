package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The stack of a task without the library's own frames. */
final class TaskStack {

    private static final StackTraceElement[] NONE = {};

    /**
     * The classes of this package that lie between a user's frames, or between them and the
     * suspension.
     */
    private static final Set<String> OWN =
            Set.of(
                    Asyncio.class.getName(),
                    AsyncGenerator.class.getName(),
                    Context.class.getName(),
                    Coroutine.class.getName(),
                    Sleep.class.getName(),
                    Task.class.getName(),
                    TaskStack.class.getName(),
                    WaitFor.class.getName());

    private TaskStack() {}

    static StackTraceElement[] of(Task<?> task) {
        Throwable error = task.peekException();
        if (error != null) {
            return error.getStackTrace();
        }
        Fiber current = Fiber.current();
        if (current != null && current.task() == task) {
            return own(Thread.currentThread().getStackTrace());
        }
        Fiber fiber = task.step().resumes();
        if (task.done() || fiber == null) {
            return NONE;
        }
        return own(fiber.thread().getStackTrace());
    }

    /**
     * The user's frames: from where the JDK's and the library's end at the top, to the call of the
     * body.
     */
    private static StackTraceElement[] own(StackTraceElement[] whole) {
        List<StackTraceElement> kept = new ArrayList<>();
        for (StackTraceElement frame : whole) {
            if (!kept.isEmpty() && isBottom(frame)) {
                break;
            }
            if (!isLibrary(frame) && !(kept.isEmpty() && isJdk(frame))) {
                kept.add(frame);
            }
        }
        return kept.toArray(NONE);
    }

    private static boolean isBottom(StackTraceElement frame) {
        return (frame.getClassName().equals(Task.class.getName())
                        && frame.getMethodName().equals("runBody"))
                || (frame.getClassName().startsWith(AsyncGenerator.class.getName() + "$")
                        && frame.getMethodName().equals("run"));
    }

    private static boolean isJdk(StackTraceElement frame) {
        @Nullable String module = frame.getModuleName();
        return "java.base".equals(module);
    }

    private static boolean isLibrary(StackTraceElement frame) {
        String name = frame.getClassName();
        int nested = name.indexOf('$');
        return OWN.contains(nested < 0 ? name : name.substring(0, nested))
                || name.startsWith("asyncio4j.internal.")
                || name.startsWith("asyncio4j.locks.")
                || name.startsWith("asyncio4j.bridge.");
    }
}
