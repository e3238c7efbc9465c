package asyncio4j.internal.bridge;

import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;

import reactor.core.scheduler.Schedulers;

import java.lang.StackWalker.StackFrame;
import java.util.Iterator;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Keeps Reactor from blocking a loop's thread. Reactor asks it, as one of its predicates for
 * threads that must not block, whenever {@code block()} or one of its like is about to wait. To
 * those this answers with an exception of its own, whose message names the remedy; to everybody
 * else it says what the thread is.
 */
final class BlockingGuard implements Predicate<Thread> {

    private static final LoopAccess ACCESS = LoopAccess.get();

    private static final String PUBLISHERS = "reactor.core.publisher.";

    /** How the classes begin that do the waiting for block() and its like. */
    private static final String WAITING = PUBLISHERS + "Blocking";

    /**
     * How deep the question may be under the call that waits: this class, Predicate.or for each
     * one, Schedulers.
     */
    private static final int DEPTH = 32;

    private BlockingGuard() {}

    /** Has Reactor ask a guard from now on. */
    static void install() {
        Schedulers.registerNonBlockingThreadPredicate(new BlockingGuard());
    }

    @Override
    public boolean test(Thread thread) {
        if (thread != Thread.currentThread() || ACCESS.runningLoop() == null) {
            return false;
        }
        String call = StackWalker.getInstance().walk(BlockingGuard::blockingCall);
        if (call != null) {
            throw new IllegalStateException(
                    call
                            + " would hold up the whole event loop of thread "
                            + thread.getName()
                            + ": in a coroutine, use await(mono) instead, or awaitFirst, awaitLast"
                            + " or awaitSingle(publisher); "
                            + (ACCESS.currentTask() == null
                                    ? "in a plain callback, start one with createTask(...); "
                                    : "")
                            + "for code that cannot but block there is toThread(...)");
        }
        return true;
    }

    /** What the user called, such as "Mono.block()", if that is what asks; else null. */
    private static @Nullable String blockingCall(Stream<StackFrame> frames) {
        Iterator<StackFrame> walk = frames.limit(DEPTH).iterator();
        while (walk.hasNext()) {
            StackFrame frame = walk.next();
            if (frame.getClassName().startsWith(WAITING)) {
                return outermost(frame, walk);
            }
        }
        return null;
    }

    /** The last of Reactor's own frames: the method that the user called. */
    private static String outermost(StackFrame waiting, Iterator<StackFrame> walk) {
        StackFrame called = waiting;
        while (walk.hasNext()) {
            StackFrame frame = walk.next();
            if (!frame.getClassName().startsWith(PUBLISHERS)) {
                break;
            }
            called = frame;
        }
        String type = called.getClassName().substring(PUBLISHERS.length());
        return type.startsWith("Blocking")
                ? "Iterating over toIterable() or toStream()"
                : type + "." + called.getMethodName() + "()";
    }
}
