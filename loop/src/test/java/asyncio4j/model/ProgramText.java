package asyncio4j.model;

import java.util.List;
import java.util.stream.Collectors;

/** A program in a readable form: as Python with a few helper functions. */
final class ProgramText {

    private final StringBuilder text = new StringBuilder();

    String of(List<Step> main) {
        function("async def", "main", main, 0);
        return text.toString();
    }

    private void function(String kind, String name, List<Step> steps, int depth) {
        line(depth, kind + " " + name + "():");
        block(steps, depth + 1);
    }

    private void block(List<Step> steps, int depth) {
        if (steps.isEmpty()) {
            line(depth, "pass");
        }
        for (Step step : steps) {
            step(step, depth);
        }
    }

    private void step(Step step, int depth) {
        switch (step) {
            case Step.Log s -> line(depth, "log(" + s.number() + ")");
            case Step.Sleep s -> line(depth, "await sleep(" + s.ticks() + ")");
            case Step.Spawn s -> {
                function("async def", s.name(), s.body(), depth);
                String eager = s.eager() ? ", eager_start=True" : "";
                line(depth, "create_task(" + quoted(s.name()) + ", " + s.name() + eager + ")");
            }
            case Step.Await s -> line(depth, "await result_of(" + quoted(s.name()) + ")");
            case Step.Complete s -> line(depth, "set_result(" + quoted(s.name()) + ")");
            case Step.Fail s -> line(depth, "set_exception(" + two(s.name(), s.message()) + ")");
            case Step.Cancel s -> line(depth, "cancel(" + two(s.name(), s.message()) + ")");
            case Step.Uncancel s -> line(depth, "uncancel(" + quoted(s.name()) + ")");
            case Step.Check s -> line(depth, "check(" + quoted(s.name()) + ")");
            case Step.Try s -> tryBlock(s, depth);
            case Step.Raise s -> line(depth, "raise Boom(" + quoted(s.message()) + ")");
            case Step.Shield s -> {
                bodies(List.of(s.arg()), depth);
                line(depth, "shield(" + quoted(s.name()) + ", " + arg(s.arg()) + ")");
            }
            case Step.Gather s -> {
                bodies(s.args(), depth);
                String args =
                        s.args().stream()
                                .map(ProgramText::arg)
                                .collect(Collectors.joining(", ", "[", "]"));
                String all = s.returnExceptions() ? ", return_exceptions=True" : "";
                line(depth, "gather(" + quoted(s.name()) + ", " + args + all + ")");
            }
            case Step.WaitFor s -> {
                bodies(List.of(s.arg()), depth);
                line(depth, "await wait_for(" + arg(s.arg()) + ", " + s.ticks() + ")");
            }
            case Step.Timeout s -> {
                line(
                        depth,
                        "async with timeout(" + quoted(s.name()) + ", " + limit(s.ticks()) + "):");
                block(s.body(), depth + 1);
                line(depth, "ended(" + quoted(s.name()) + ")");
            }
            case Step.Reschedule s ->
                    line(depth, "reschedule(" + quoted(s.name()) + ", " + limit(s.ticks()) + ")");
            case Step.Callback s ->
                    line(depth, "add_done_callback(" + quoted(s.name()) + ", " + s.number() + ")");
            case Step.Later s -> {
                function("def", "callback", s.body(), depth);
                line(
                        depth,
                        s.ticks() < 0
                                ? "call_soon(callback)"
                                : "call_later(" + s.ticks() + ", callback)");
            }
            case Step.Group s -> {
                line(depth, "async with group(" + quoted(s.name()) + "):");
                block(s.body(), depth + 1);
            }
            case Step.GroupSpawn s -> {
                function("async def", s.name(), s.body(), depth);
                String eager = s.eager() ? ", eager_start=True" : "";
                String args = quoted(s.group()) + ", " + quoted(s.name()) + ", " + s.name();
                line(depth, "group_task(" + args + eager + ")");
            }
            case Step.Wait s -> {
                String names =
                        s.futures().stream()
                                .map(ProgramText::arg)
                                .collect(Collectors.joining(", ", "[", "]"));
                String args = names + ", " + quoted("" + s.until()) + ", " + limit(s.ticks());
                line(depth, "await wait(" + args + ")");
            }
            case Step.Lock s -> {
                line(depth, "async with lock:");
                block(s.body(), depth + 1);
            }
            case Step.Use s -> {
                String await = s.op().suspends ? "await " : "";
                line(depth, await + s.op().word() + "(" + s.number() + ")");
            }
            case Step.Semaphore s -> {
                line(depth, "async with semaphore(" + quoted(s.name()) + "):");
                block(s.body(), depth + 1);
            }
            case Step.Generator s -> {
                line(depth, "async def " + s.name() + "():");
                line(depth + 1, "if False: yield");
                block(s.body(), depth + 1);
                line(depth, "generator(" + quoted(s.name()) + ", " + s.name() + ")");
            }
            case Step.Anext s -> line(depth, "await anext(" + quoted(s.name()) + ")");
            case Step.Athrow s -> line(depth, "await athrow(" + two(s.name(), s.message()) + ")");
            case Step.Aclose s -> line(depth, "await aclose(" + quoted(s.name()) + ")");
            case Step.Yield s -> line(depth, "yield '" + s.item() + "'");
        }
    }

    private void tryBlock(Step.Try s, int depth) {
        line(depth, "try:");
        block(s.body(), depth + 1);
        if (s.caught() != Step.Catch.NOTHING) {
            String type = s.caught() == Step.Catch.CANCELLED ? "CancelledError" : "Exception";
            line(depth, "except " + type + " as e:");
            line(depth + 1, "caught(e)");
            block(s.handler(), depth + 1);
            if (s.rethrow()) {
                line(depth + 1, "raise");
            }
        }
        if (s.hasLast()) {
            line(depth, "finally:");
            line(depth + 1, "at_last()");
            block(s.last(), depth + 1);
        }
    }

    private void bodies(List<Step.Arg> args, int depth) {
        for (Step.Arg arg : args) {
            if (arg instanceof Step.Body body) {
                function("async def", body.name(), body.steps(), depth);
            }
        }
    }

    private static String arg(Step.Arg arg) {
        return switch (arg) {
            case Step.Ref ref -> quoted(ref.name());
            case Step.Body body -> "coroutine(" + two(body.name(), null) + ", " + body.name() + ")";
        };
    }

    private static String limit(int ticks) {
        return ticks < 0 ? "None" : "" + ticks;
    }

    private static String two(String first, String second) {
        return second == null ? quoted(first) : quoted(first) + ", " + quoted(second);
    }

    private static String quoted(String name) {
        return "'" + name + "'";
    }

    private void line(int depth, String line) {
        text.append("    ".repeat(depth)).append(line).append('\n');
    }
}
