package asyncio4j;

import asyncio4j.internal.fiber.Fiber;

import java.util.ArrayList;
import java.util.List;

/**
 * What a fiber that holds a loop is at, as seen from another thread.
 *
 * @param who the task, or that it is a callback
 * @param state the state of its thread
 * @param waitsForCarrier it has its turn, and no thread to run on
 * @param frames the stack, innermost call first, without the library's frames
 */
record HolderStack(
        String who, Thread.State state, boolean waitsForCarrier, List<StackTraceElement> frames) {

    /** More are not printed. */
    private static final int MOST = 100;

    /**
     * Looks at {@code holder}. Any thread; what it is told belongs together only if the loop is at
     * the same step before and after.
     */
    static HolderStack of(Fiber holder) {
        Thread thread = holder.thread();
        StackTraceElement[] whole = holder.stackTrace();
        List<StackTraceElement> frames = new ArrayList<>();
        boolean waits = add(whole, true, frames) && thread.isVirtual();
        for (Fiber asking = holder.consumer(); asking != null; asking = asking.consumer()) {
            add(asking.stackTrace(), false, frames);
        }
        String who =
                holder.task() instanceof Task<?> task ? "task " + task.getName() : "a callback";
        return new HolderStack(who, thread.getState(), waits, List.copyOf(frames));
    }

    /**
     * Adds the frames that say something.
     *
     * @param innermost whether the JDK's frames at the top belong to it
     * @return whether the thread only waits to go on
     */
    private static boolean add(
            StackTraceElement[] whole, boolean innermost, List<StackTraceElement> frames) {
        boolean waits = whole.length == 0;
        boolean found = false;
        for (StackTraceElement frame : whole) {
            if (found && LibraryFrames.isBottom(frame)) {
                break;
            }
            if (LibraryFrames.isLibrary(frame)) {
                waits |= !found && frame.getMethodName().equals("awaitBaton");
            } else if (!LibraryFrames.isThreadMachine(frame)
                    && (found || innermost || !LibraryFrames.isJdk(frame))) {
                frames.add(frame);
                found |= !LibraryFrames.isJdk(frame);
            }
        }
        return waits;
    }

    /** The stack, a line for each frame, each after a line break. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (StackTraceElement frame : frames.subList(0, Math.min(MOST, frames.size()))) {
            text.append("\n    at ").append(frame);
        }
        if (frames.size() > MOST) {
            text.append("\n    ... ").append(frames.size() - MOST).append(" more");
        }
        return text.toString();
    }
}
