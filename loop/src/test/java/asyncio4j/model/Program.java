package asyncio4j.model;

import java.util.List;

/**
 * A random program: the steps of its main task. Beside it, a timer cancels all tasks that began and
 * aren't done, at {@link #PATIENCE} and then every {@link #PERIOD}, so that it comes to an end.
 *
 * @param seed what it was made of
 */
record Program(long seed, List<Step> main) {

    /** Futures that are there from the beginning. */
    static final List<String> FUTURES = List.of("f0", "f1", "f2");

    /** Semaphores that are there from the beginning: s1 has one permit, and so on. */
    static final List<String> SEMAPHORES = List.of("s1", "s2");

    static final int PATIENCE = 50;

    static final int PERIOD = 10;

    @Override
    public String toString() {
        return new ProgramText().of(main);
    }
}
