package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What may be said of a new loop; {@link Asyncio#newEventLoop(LoopOptions)} makes one.
 *
 * {@snippet :
 * EventLoop loop = newEventLoop(LoopOptions.DEFAULT.engine(Engine.VIRTUAL_THREADS));
 * loop.close();
 * }
 *
 * @param engine what its tasks run on; null for what {@link Engine} says
 * @param clock a test's time; null for the real one
 */
public record LoopOptions(@Nullable Engine engine, @Nullable VirtualClock clock) {

    /** Nothing said. */
    public static final LoopOptions DEFAULT = new LoopOptions(null, null);

    /**
     * These options with this engine.
     *
     * @param newEngine what the loop's tasks run on
     * @return the options
     */
    public LoopOptions engine(Engine newEngine) {
        return new LoopOptions(
                Objects.requireNonNull(newEngine, "the engine is null: leave it out"), clock);
    }

    /**
     * These options with this time.
     *
     * @param newClock a test's time
     * @return the options
     */
    public LoopOptions clock(VirtualClock newClock) {
        return new LoopOptions(
                engine,
                Objects.requireNonNull(
                        newClock, "the clock is null: leave it out for the real time"));
    }
}
