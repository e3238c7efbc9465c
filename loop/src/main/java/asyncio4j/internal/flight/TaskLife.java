package asyncio4j.internal.flight;

/** The life of one task, for whoever records it. Baton holder only. */
public interface TaskLife {

    /** The body begins. */
    void begins();

    /** The body suspends. */
    void suspends();

    /**
     * The task is done.
     *
     * @param name its name
     * @param loop its loop's name
     * @param state how it ended
     */
    void ends(String name, String loop, String state);
}
