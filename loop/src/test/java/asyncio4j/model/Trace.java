package asyncio4j.model;

import java.util.ArrayList;
import java.util.List;

/** What can be observed of a program, line by line: when, in which task, what. */
final class Trace {

    /** The task of a plain callback. */
    static final String NO_TASK = "-";

    /** A task that isn't the program's. */
    static final String UNKNOWN_TASK = "?";

    final List<String> lines = new ArrayList<>();

    void say(long time, String task, String what) {
        lines.add(time + " " + task + " " + what);
    }

    /** A line about the program's end. */
    void end(String what) {
        lines.add("end " + what);
    }
}
