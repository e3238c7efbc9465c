package asyncio4j.internal.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/** The event {@code asyncio4j.SlowStep}. */
final class RecordedStepSpan implements StepSpan {

    private static final StepEvent ANY = new StepEvent();

    private final StepEvent event = new StepEvent();

    RecordedStepSpan() {
        event.begin();
    }

    static boolean isOn() {
        return ANY.isEnabled();
    }

    @Override
    public void ends(Object step, String loop) {
        event.end();
        if (event.shouldCommit()) {
            event.step = step.toString();
            event.loop = loop;
            event.commit();
        }
    }

    /** One step of a task, or a callback, that held its loop. */
    @Name("asyncio4j.SlowStep")
    @Label("Slow Step")
    @Category("asyncio4j")
    @Description(
            "A step of a task, or a callback, that held its loop for longer than the threshold")
    @Threshold("20 ms")
    @StackTrace(false)
    static final class StepEvent extends Event {

        @Label("Step")
        String step = "";

        @Label("Loop")
        String loop = "";
    }
}
