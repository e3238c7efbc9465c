package asyncio4j.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How far a loop has come, in one word that any thread may read: whether it is at a step, and at
 * which.
 *
 * <h2>What a reader may conclude</h2>
 *
 * <p>The baton holder alone writes, and every write makes the word larger; passing the baton orders
 * the writes of one holder before those of the next. An even word is a step under way, an odd one
 * says that there is none: the loop waits, or nobody drives it. All accesses are opaque, so reads
 * of one thread see the writes in their order. Who reads the same even word twice has therefore
 * seen one and the same step: no other was begun, and the loop didn't wait, before the last write
 * that was visible at the second read.
 *
 * <p>Opaque writes become visible soon, but not at once, and are not ordered with anything else. A
 * reader may be late by the time that a store takes to get out of a processor, which is nothing
 * beside the milliseconds between two samples. And who takes the stack of the holder's thread
 * brings that thread to a stop and sees its earlier writes: the same word once more after that says
 * that the stack is that step's.
 *
 * <p>A step costs a plain store here: no clock is read, and there is no fence.
 */
public final class Progress {

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Progress.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Written by the baton holder, read by any thread; opaque. */
    private long word = 1;

    Progress() {}

    /** Another step begins. Baton holder only. */
    void step() {
        WORD.setOpaque(this, (word | 1) + 1);
    }

    /** No step is under way from here on. Baton holder only. */
    void idle() {
        WORD.setOpaque(this, word | 1);
    }

    /** The word as it is now. Any thread. */
    public long word() {
        return (long) WORD.getOpaque(this);
    }

    /** Whether {@code word} says that no step is under way. */
    public static boolean isIdle(long word) {
        return (word & 1) != 0;
    }
}
