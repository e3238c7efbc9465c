package asyncio4j.model;

import java.util.List;
import java.util.Locale;

/**
 * A step of a random program. A name stands for what was made under it before: a future {@code f},
 * a task {@code t}, what gather and shield answered, a generator; a step about a name that stands
 * for nothing yet only says so. The name {@link #SELF} is the task that takes the step.
 */
sealed interface Step {

    /** The task that takes the step. */
    String SELF = "self";

    /** What a try block catches. */
    enum Catch {
        NOTHING,
        CANCELLED,
        EXCEPTION
    }

    /** The names of asyncio.wait's return_when. */
    enum Until {
        FIRST_COMPLETED,
        FIRST_EXCEPTION,
        ALL_COMPLETED
    }

    /** What can be done with the event, the condition and the queue. */
    enum Op {
        EVENT_WAIT(true),
        EVENT_SET(false),
        EVENT_CLEAR(false),
        CONDITION_WAIT(true),
        NOTIFY(true),
        PUT(true),
        GET(true),
        PUT_NOWAIT(false),
        GET_NOWAIT(false),
        TASK_DONE(false),
        JOIN(true),
        SHUTDOWN(false),
        SHUTDOWN_NOW(false);

        /** Whether it may suspend. */
        final boolean suspends;

        Op(boolean suspends) {
            this.suspends = suspends;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a combinator is given. */
    sealed interface Arg {}

    /** A future or task that is there. */
    record Ref(String name) implements Arg {}

    /** A coroutine; its task, if it gets one, is called {@code name}. */
    record Body(String name, List<Step> steps) implements Arg {}

    record Log(int number) implements Step {}

    record Sleep(int ticks) implements Step {}

    record Spawn(String name, boolean eager, List<Step> body) implements Step {}

    record Await(String name) implements Step {}

    record Complete(String name) implements Step {}

    record Fail(String name, String message) implements Step {}

    /** The message may be null. */
    record Cancel(String name, String message) implements Step {}

    record Uncancel(String name) implements Step {}

    /** Says in which state something is. */
    record Check(String name) implements Step {}

    /**
     * Catches, and has a {@code finally} block if {@code last} isn't empty or nothing is caught.
     */
    record Try(List<Step> body, Catch caught, List<Step> handler, boolean rethrow, List<Step> last)
            implements Step {

        boolean hasLast() {
            return caught == Catch.NOTHING || !last.isEmpty();
        }
    }

    record Raise(String message) implements Step {}

    record Shield(String name, Arg arg) implements Step {}

    record Gather(String name, List<Arg> args, boolean returnExceptions) implements Step {}

    record WaitFor(Arg arg, int ticks) implements Step {}

    /** A block with a deadline; with negative ticks there is none at first. */
    record Timeout(String name, int ticks, List<Step> body) implements Step {}

    /** Moves a timeout's deadline to so many ticks from now; with negative ticks there is none. */
    record Reschedule(String name, int ticks) implements Step {}

    /** Adds a done callback. */
    record Callback(String name, int number) implements Step {}

    /** Has a plain callback take steps that don't suspend; with negative ticks by callSoon. */
    record Later(int ticks, List<Step> body) implements Step {}

    /** A task group; what it starts is a {@link GroupSpawn}. */
    record Group(String name, List<Step> body) implements Step {}

    /** A task in a group, which may have ended. */
    record GroupSpawn(String group, String name, boolean eager, List<Step> body) implements Step {}

    /** asyncio.wait, with negative ticks for as long as it takes. */
    record Wait(List<Ref> futures, Until until, int ticks) implements Step {}

    /** A block that holds the lock. */
    record Lock(List<Step> body) implements Step {}

    /** Something with the event, the condition or the queue, of which there is one each. */
    record Use(Op op, int number) implements Step {}

    record Semaphore(String name, List<Step> body) implements Step {}

    record Generator(String name, List<Step> body) implements Step {}

    record Anext(String name) implements Step {}

    record Athrow(String name, String message) implements Step {}

    record Aclose(String name) implements Step {}

    /** Only in a generator's body. */
    record Yield(int item) implements Step {}
}
