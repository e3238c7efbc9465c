package asyncio4j.internal.flight;

/** The time of one step, for whoever records it. Baton holder only. */
public interface StepSpan {

    /**
     * The step has ended.
     *
     * @param step what it was; asked for a text only if it took long enough
     * @param loop the loop's name
     */
    void ends(Object step, String loop);
}
