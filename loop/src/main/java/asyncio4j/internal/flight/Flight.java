package asyncio4j.internal.flight;

import org.jspecify.annotations.Nullable;

/**
 * Makes the events, where somebody records them. Where nobody does, each question here is the read
 * of a constant once compiled; without the module {@code jdk.jfr} the events' classes aren't
 * loaded.
 */
public final class Flight {

    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Flight() {}

    /** What is to be told of the life of a task that is made now; null if nobody records that. */
    public static @Nullable TaskLife taskMade() {
        return PRESENT && RecordedTaskLife.isOn() ? new RecordedTaskLife() : null;
    }

    /** What is to be told of a step that begins now; null if nobody records that. */
    public static @Nullable StepSpan stepBegins() {
        return PRESENT && RecordedStepSpan.isOn() ? new RecordedStepSpan() : null;
    }
}
