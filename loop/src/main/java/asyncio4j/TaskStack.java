package asyncio4j;

import asyncio4j.internal.fiber.Fiber;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stack of a task without the library's own frames. */
final class TaskStack {

    private static final StackTraceElement[] NONE = {};

    private TaskStack() {}

    static StackTraceElement[] of(Task<?> task) {
        Throwable error = task.peekException();
        if (error != null) {
            return error.getStackTrace();
        }
        Fiber fiber = task.step().resumes();
        if (task.done() || fiber == null) {
            return NONE;
        }
        return own(fiber.thread().getStackTrace());
    }

    /** What lies between the library's frames at the top (suspending) and at the bottom (running the body). */
    private static StackTraceElement[] own(StackTraceElement[] whole) {
        List<StackTraceElement> kept = new ArrayList<>();
        for (StackTraceElement frame : whole) {
            boolean library = isLibrary(frame);
            if (!kept.isEmpty() && isBottom(frame)) {
                break;
            }
            if (!library || !kept.isEmpty()) {
                kept.add(frame);
            }
        }
        return kept.toArray(NONE);
    }

    private static boolean isBottom(StackTraceElement frame) {
        return frame.getClassName().equals(Task.class.getName())
                && frame.getMethodName().equals("runBody");
    }

    private static boolean isLibrary(StackTraceElement frame) {
        @Nullable String module = frame.getModuleName();
        String name = frame.getClassName();
        return "java.base".equals(module)
                || name.startsWith("asyncio4j.internal.")
                || name.equals(Task.class.getName())
                || name.equals(Asyncio.class.getName());
    }
}
