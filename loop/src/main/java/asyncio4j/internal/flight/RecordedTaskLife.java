package asyncio4j.internal.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event {@code asyncio4j.Task}. */
final class RecordedTaskLife implements TaskLife {

    private static final TaskEvent ANY = new TaskEvent();

    private final TaskEvent event = new TaskEvent();

    private final long made = System.nanoTime();

    RecordedTaskLife() {
        event.begin();
    }

    static boolean isOn() {
        return ANY.isEnabled();
    }

    @Override
    public void begins() {
        event.waited = System.nanoTime() - made;
    }

    @Override
    public void suspends() {
        event.suspensions++;
    }

    @Override
    public void ends(String name, String loop, String state) {
        event.end();
        if (event.shouldCommit()) {
            event.name = name;
            event.loop = loop;
            event.state = state;
            event.commit();
        }
    }

    /** From {@code createTask} until the task is done. */
    @Name("asyncio4j.Task")
    @Label("Task")
    @Category("asyncio4j")
    @Description("The life of a task, from createTask until it is done")
    @Enabled(false) // there may be millions
    @StackTrace(false)
    static final class TaskEvent extends Event {

        @Label("Name")
        String name = "";

        @Label("Loop")
        String loop = "";

        @Label("State")
        @Description("How it ended: finished, failed or cancelled")
        String state = "";

        @Label("Waited")
        @Description("The time until its first step; negative if it never began")
        @Timespan(Timespan.NANOSECONDS)
        long waited = -1;

        @Label("Suspensions")
        @Description("How often it has suspended")
        int suspensions;
    }
}
