package asyncio4j.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which kinds of steps programs consist of, and which kinds of events they came to. */
final class Coverage {

    /** What has to be in some trace; N is any number. */
    private static final List<String> EVENTS =
            List.of(
                    "main -> r",
                    "main raised Boom",
                    "main raised CancelledError('mN')",
                    "main raised TimeoutError",
                    "main raised RuntimeError",
                    "main raised CancelledError('patience')",
                    "start tN",
                    "start bN",
                    "await none",
                    "tN -> rtN",
                    "fN -> vfN",
                    "gN -> [",
                    "gN -> [CancelledError",
                    "hN -> r",
                    "all -> [",
                    "cancel tN true",
                    "cancel tN false",
                    "cancel gN true",
                    "cancel gN false",
                    "cancel hN true",
                    "cancel self true",
                    "uncancel tN",
                    "check tN done",
                    "check tN pending c=N",
                    "check tN cancelled",
                    "caught Boom('eN')",
                    "caught CancelledError c=",
                    "caught CancelledError('mN') c=",
                    "caught CancelledError('patience') c=",
                    "caught TimeoutError",
                    "caught RuntimeError",
                    "finally c=0",
                    "finally c=1",
                    "finally c=2",
                    "wait_for -> rbN",
                    "wait_for -> vfN",
                    "set_result fN InvalidStateError",
                    "set_exception fN InvalidStateError",
                    "acquired sN",
                    "done tN",
                    "done self",
                    "later",
                    "aN item N",
                    "aN item null",
                    "aN stop",
                    "oN expired true",
                    "oN expired false",
                    "reschedule oN",
                    "reschedule oN RuntimeError",
                    "cN ended",
                    "group_task RuntimeError",
                    "caught ExceptionGroup[Boom('eN')",
                    "caught ExceptionGroup[Boom('eN'), ",
                    "main raised ExceptionGroup[",
                    "wait -> [tN]",
                    "wait -> []",
                    "wait -> [fN",
                    "acquired lock",
                    "event_wait",
                    "condition held",
                    "condition_wait",
                    "notify",
                    "put",
                    "get -> N",
                    "join",
                    "caught QueueShutDown",
                    "put_nowait QueueFull",
                    "put_nowait QueueShutDown",
                    "get_nowait -> N",
                    "get_nowait QueueEmpty",
                    "task_done ValueError",
                    "shutdown_now",
                    "out of patience",
                    "report shield",
                    "report unhandled",
                    "report generator RuntimeError",
                    "unretrieved Boom",
                    "unretrieved CancelledError",
                    "tN CancelledError c=2",
                    "tN Boom('eN') c=1",
                    "tN rtN c=1");

    private final Set<String> steps = new HashSet<>();

    private final Set<String> lines = new HashSet<>();

    void add(Program program, List<String> trace) {
        addSteps(program.main());
        for (String line : trace) {
            lines.add(line.replaceFirst("^(end|\\d+ \\S+) ", ""));
        }
    }

    private void addSteps(Object part) {
        if (part instanceof List<?> list) {
            list.forEach(this::addSteps);
        } else if (part instanceof Record) {
            steps.add(part.getClass().getSimpleName());
            Shrinker.parts(part).forEach(this::addSteps);
        }
    }

    /** Kinds of steps and of events that there weren't. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Class<?> kind : Step.class.getPermittedSubclasses()) {
            if (!steps.contains(kind.getSimpleName())) {
                missing.add(kind.getSimpleName());
            }
        }
        for (String event : EVENTS) {
            String pattern = Pattern.quote(event).replace("N", "\\E\\d+\\Q");
            if (lines.stream().noneMatch(Pattern.compile(pattern).asPredicate())) {
                missing.add(event);
            }
        }
        return missing;
    }
}
