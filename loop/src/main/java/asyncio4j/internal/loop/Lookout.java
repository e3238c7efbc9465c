package asyncio4j.internal.loop;

/**
 * How long the baton holder looks for a step of another thread before it parks. Baton holder only.
 *
 * <p>A look that finds something saves a park and an unpark, which take longer than the longest
 * look; one in vain takes the processor from others, perhaps from the very thread that has
 * something to hand in. Which of the two it will be depends on who hands in and on how busy the
 * processors are, and neither is known. So it is tried: looks are long as long as two of three find
 * something. Once they don't, they are short, but for a trial now and then, which is rarer each
 * time it was in vain. How long a wait lasted after it was parked says nothing about that: a thread
 * that needs the processor on which the loop looks hands in soon after the loop has parked, however
 * long that took.
 */
final class Lookout {

    /**
     * The turns of a long look: some 20 microseconds, about what a park and an unpark cost. None if
     * there is only one processor.
     */
    private static final int LONG = Runtime.getRuntime().availableProcessors() > 1 ? 1 << 10 : 0;

    /** A wait that will end by itself before this isn't worth a long look. */
    private static final long LONG_NANOS = 20_000;

    /** After so many looks that found something, half as many in vain make them short. */
    private static final int MOST_TRUST = 16;

    /** How many short looks there are before a trial at least. */
    private static final int SHORTEST_PAUSE = 4;

    /** And at most. */
    private static final int LONGEST_PAUSE = 64;

    private final int longTurns;

    private final int shortTurns;

    /** Looks are long while this is positive: one more if one found something, two less if not. */
    private int trust = 2;

    /** How many short looks there are between two trials. */
    private int pause = SHORTEST_PAUSE;

    /** How many short looks are left until the next trial. */
    private int left;

    /** This look is a long one. */
    private boolean looksLong;

    Lookout() {
        this(LONG);
    }

    Lookout(int longTurns) {
        this.longTurns = longTurns;
        this.shortTurns = longTurns >> 6;
    }

    /**
     * Begins a look.
     *
     * @param nanos after what time the wait will end by itself
     * @return how many turns it should take at most
     */
    int begin(long nanos) {
        looksLong = nanos > LONG_NANOS && (trust > 0 || left-- == 0);
        return looksLong ? longTurns : shortTurns;
    }

    /** The look found something. */
    void found() {
        if (looksLong) {
            trust = trust > 0 ? Math.min(trust + 1, MOST_TRUST) : 2;
            pause = SHORTEST_PAUSE;
        }
    }

    /** The look was in vain. */
    void foundNothing() {
        if (looksLong) {
            if (trust > 0) {
                trust = Math.max(trust - 2, 0);
            } else {
                pause = Math.min(pause << 1, LONGEST_PAUSE);
            }
            left = pause;
        }
    }
}
