package asyncio4j.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a program does according to the model: a sequential interpreter of its steps, on a loop,
 * tasks and combinators that follow CPython's source in the simplest way. There are no threads and
 * no fibers, and nothing of the library in it.
 */
final class ModelRun {

    private final ModelLoop loop = new ModelLoop();

    private final ModelCombinators combinators = new ModelCombinators(loop);

    private final Trace trace = new Trace();

    private final Map<String, ModelFuture> futures = new LinkedHashMap<>();

    private final Map<String, ModelGenerator> generators = new HashMap<>();

    private final Map<String, ModelGroup> groups = new HashMap<>();

    private final ModelLock lock = new ModelLock(loop);

    private final ModelShared shared = new ModelShared(loop);

    private final Map<String, ModelTimeout> timeouts = new HashMap<>();

    private final Map<String, ModelSemaphore> semaphores = new HashMap<>();

    /** Tasks whose bodies have begun. */
    private final List<ModelTask> begun = new ArrayList<>();

    private ModelRun() {
        loop.reports = (what, error) -> say("report " + what + " " + error);
    }

    /** The trace of {@code program}, with some rules wrong. */
    static List<String> trace(Program program, Set<Flaw> flaws) {
        ModelRun run = new ModelRun();
        run.loop.flaws.addAll(flaws);
        run.run(program);
        return run.trace.lines;
    }

    private void run(Program program) {
        Program.FUTURES.forEach(name -> futures.put(name, new ModelFuture(loop)));
        for (int i = 0; i < Program.SEMAPHORES.size(); i++) {
            semaphores.put(Program.SEMAPHORES.get(i), new ModelSemaphore(loop, i + 1));
        }
        loop.callLater(Program.PATIENCE, this::cancelAll);
        ModelTask main = ModelTask.create(loop, coroutine("main", program.main()));
        futures.put("main", main);
        Outcome outcome = loop.runUntilComplete(main);
        trace.end("main " + (outcome.isFailure() ? "raised " : "-> ") + show(outcome));
        new ModelClose(loop, combinators).run();
        close();
    }

    /** What is there when the loop is closed. */
    private void close() {
        if (loop.tasks.stream().anyMatch(task -> !task.done())) {
            throw new OutOfScope("a generator left a task when it was closed");
        }
        int lines = trace.lines.size();
        if (!dropGenerators() || trace.lines.size() > lines) {
            throw new OutOfScope("a generator that ignored GeneratorExit did something more");
        }
        loop.failed.stream()
                .filter(ModelFuture::unretrieved)
                .map(future -> "unretrieved " + future.peekException())
                .sorted()
                .forEach(trace::end);
        futures.forEach((name, future) -> trace.end(name + " " + state(future)));
    }

    /** Whether those that ignored GeneratorExit end without anything more. */
    private boolean dropGenerators() {
        try {
            return loop.generators.stream()
                    .filter(ModelGenerator::open)
                    .allMatch(ModelGenerator::drop);
        } catch (NullPointerException e) { // it wants to go on in a task, and there is none
            return false;
        }
    }

    private static String state(ModelFuture future) {
        String count = future instanceof ModelTask task ? " c=" + task.cancelling() : "";
        return (future.done() ? show(future.outcome()) : "pending") + count;
    }

    private void cancelAll() {
        say("out of patience");
        for (ModelTask task : begun) {
            task.cancel("patience");
        }
        loop.callLater(Program.PERIOD, this::cancelAll);
    }

    private Co coroutine(String name, List<Step> steps) {
        return Co.lazy(() -> {
            if (loop.current.label == null) {
                loop.current.label = name;
                begun.add(loop.current);
            }
            say("start " + name);
            return steps(steps, 0).then(_ -> Co.value("r" + name));
        });
    }

    private Co steps(List<Step> steps, int from) {
        return from == steps.size()
                ? Co.NOTHING
                : Co.lazy(() -> step(steps.get(from))).then(_ -> steps(steps, from + 1));
    }

    private Co step(Step step) {
        return switch (step) {
            case Step.Sleep s -> combinators.sleep(s.ticks());
            case Step.Raise s -> throw ModelError.of(ModelError.BOOM, s.message());
            case Step.Await s ->
                    on(s.name(), "await", f -> Co.await(f).then(v -> said(s.name() + " -> " + v)));
            case Step.WaitFor s -> waitFor(s).then(v -> said("wait_for -> " + v));
            case Step.Try s -> tryBlock(s);
            case Step.Semaphore s -> semaphore(s);
            case Step.Lock s ->
                    lock.block(
                            Co.lazy(() -> {
                                say("acquired lock");
                                return steps(s.body(), 0);
                            }));
            case Step.Group s -> {
                ModelGroup group = new ModelGroup(loop);
                groups.put(s.name(), group);
                yield group.block(steps(s.body(), 0)).then(_ -> said(s.name() + " ended"));
            }
            case Step.Wait s -> waitStep(s);
            case Step.Use s when s.op().suspends ->
                    shared.use(s, () -> say("condition held"))
                            .then(v -> said(used(s.op(), s.op() == Step.Op.GET ? v : null)));
            case Step.Timeout s -> {
                ModelTimeout timeout = new ModelTimeout(loop, s.ticks());
                timeouts.put(s.name(), timeout);
                yield timeout.block(steps(s.body(), 0))
                        .then(_ -> said(s.name() + " expired " + timeout.expired()));
            }
            case Step.Yield s -> new Co.Item("" + s.item());
            case Step.Anext s -> onGenerator(s.name(), ModelGenerator::anext);
            case Step.Athrow s ->
                    onGenerator(
                            s.name(), g -> g.athrow(ModelError.of(ModelError.BOOM, s.message())));
            case Step.Aclose s -> onGenerator(s.name(), ModelGenerator::aclose);
            default -> {
                plain(step);
                yield Co.NOTHING;
            }
        };
    }

    /** What doesn't suspend. */
    private void plain(Step step) {
        switch (step) {
            case Step.Log s -> say("log " + s.number() + count());
            case Step.Spawn s -> {
                Co body = coroutine(s.name(), s.body());
                futures.put(
                        s.name(),
                        s.eager()
                                ? ModelTask.createEager(loop, body)
                                : ModelTask.create(loop, body));
            }
            case Step.GroupSpawn s -> groupSpawn(s);
            case Step.Use s -> {
                try {
                    say(used(s.op(), shared.useNow(s)));
                } catch (ModelError e) {
                    say(s.op().word() + " " + e);
                }
            }
            case Step.Complete s ->
                    settle("set_result", s.name(), f -> f.setResult("v" + s.name()));
            case Step.Fail s ->
                    settle(
                            "set_exception",
                            s.name(),
                            f -> f.setException(ModelError.of(ModelError.BOOM, s.message())));
            case Step.Cancel s ->
                    on(
                            s.name(),
                            "cancel",
                            f -> said("cancel " + s.name() + " " + f.cancel(s.message())));
            case Step.Uncancel s ->
                    on(
                            s.name(),
                            "uncancel",
                            f ->
                                    said(
                                            "uncancel "
                                                    + s.name()
                                                    + " "
                                                    + (f instanceof ModelTask task
                                                            ? task.uncancel()
                                                            : "no task")));
            case Step.Check s -> on(s.name(), "check", f -> said(check(s.name(), f)));
            case Step.Shield s -> {
                List<ModelFuture> inner = args(List.of(s.arg()));
                if (inner.isEmpty()) {
                    say("shield none");
                } else {
                    futures.put(s.name(), combinators.shield(inner.getFirst()));
                }
            }
            case Step.Gather s ->
                    futures.put(
                            s.name(),
                            ModelGather.gather(loop, args(s.args()), s.returnExceptions()));
            case Step.Reschedule s -> reschedule(s);
            case Step.Callback s ->
                    on(
                            s.name(),
                            "callback",
                            f -> {
                                f.addDoneCallback(_ -> say("done " + s.name() + " " + s.number()));
                                return Co.NOTHING;
                            });
            case Step.Later s -> {
                Runnable callback =
                        () -> {
                            say("later");
                            s.body().forEach(this::plain);
                        };
                if (s.ticks() < 0) {
                    loop.callSoon(callback);
                } else {
                    loop.callLater(s.ticks(), callback);
                }
            }
            case Step.Generator s ->
                    generators.put(s.name(), new ModelGenerator(loop, steps(s.body(), 0)));
            default -> throw new IllegalArgumentException("suspends: " + step);
        }
    }

    private Co tryBlock(Step.Try s) {
        Co co =
                steps(s.body(), 0)
                        .handle(o -> {
                            if (!caught(s.caught(), o)) {
                                return new Co.Done(o);
                            }
                            say("caught " + o.error() + count());
                            return steps(s.handler(), 0)
                                    .then(_ -> s.rethrow() ? new Co.Done(o) : Co.NOTHING);
                        });
        return s.hasLast()
                ? co.andFinally(() -> {
                    say("finally" + count());
                    return steps(s.last(), 0);
                })
                : co;
    }

    private static boolean caught(Step.Catch what, Outcome outcome) {
        return switch (what) {
            case NOTHING -> false;
            case CANCELLED -> outcome.isCancelled();
            case EXCEPTION -> outcome.isFailure() && outcome.error().isException();
        };
    }

    private Co semaphore(Step.Semaphore s) {
        ModelSemaphore semaphore = semaphores.get(s.name());
        return semaphore
                .acquire()
                .then(_ -> {
                    say("acquired " + s.name());
                    return steps(s.body(), 0).andFinally(() -> Co.plain(semaphore::release));
                });
    }

    private Co waitFor(Step.WaitFor s) {
        return switch (s.arg()) {
            case Step.Body body ->
                    combinators.waitFor(coroutine(body.name(), body.steps()), s.ticks());
            case Step.Ref ref -> on(ref.name(), "wait_for", f -> combinators.waitFor(f, s.ticks()));
        };
    }

    private Co onGenerator(String name, Function<ModelGenerator, Co> use) {
        ModelGenerator generator = generators.get(name);
        if (generator == null) {
            return said("generator none");
        }
        return Co.lazy(() -> use.apply(generator))
                .handle(o -> {
                    if (o.isFailure() && o.error().is(ModelError.STOP_ASYNC_ITERATION)) {
                        return said(name + " stop");
                    }
                    return o.isFailure() ? new Co.Done(o) : said(name + " item " + o.value());
                });
    }

    private List<ModelFuture> args(List<Step.Arg> args) {
        List<ModelFuture> all = new ArrayList<>();
        for (Step.Arg arg : args) {
            switch (arg) {
                case Step.Ref ref -> {
                    ModelFuture future = find(ref.name());
                    if (future != null) {
                        all.add(future);
                    }
                }
                case Step.Body body ->
                        all.add(ModelTask.create(loop, coroutine(body.name(), body.steps())));
            }
        }
        return all;
    }

    private ModelFuture find(String name) {
        return name.equals(Step.SELF) ? loop.current : futures.get(name);
    }

    private Co on(String name, String what, Function<ModelFuture, Co> use) {
        ModelFuture future = find(name);
        return future == null ? said(what + " none") : use.apply(future);
    }

    private void settle(String what, String name, java.util.function.Consumer<ModelFuture> use) {
        try {
            use.accept(find(name));
            say(what + " " + name);
        } catch (ModelError e) {
            say(what + " " + name + " " + e);
        }
    }

    private static String used(Step.Op op, Object value) {
        return op.word() + (value == null ? "" : " -> " + value);
    }

    private void groupSpawn(Step.GroupSpawn s) {
        ModelGroup group = groups.get(s.group());
        if (group == null) {
            say("group none");
            return;
        }
        try {
            futures.put(s.name(), group.createTask(coroutine(s.name(), s.body()), s.eager()));
        } catch (ModelError e) {
            say("group_task " + e);
        }
    }

    private Co waitStep(Step.Wait s) {
        Map<String, ModelFuture> all = new LinkedHashMap<>();
        for (Step.Ref ref : s.futures()) {
            ModelFuture future = find(ref.name());
            if (future != null) {
                all.put(ref.name(), future);
            }
        }
        if (all.isEmpty()) {
            return said("wait none");
        }
        return new ModelWait(loop, all.values(), s.until())
                .run(s.ticks())
                .then(_ -> {
                    List<String> done = new ArrayList<>(all.keySet());
                    done.removeIf(name -> !all.get(name).done());
                    return said("wait -> " + done + " of " + all.keySet());
                });
    }

    private void reschedule(Step.Reschedule s) {
        ModelTimeout timeout = timeouts.get(s.name());
        if (timeout == null) {
            say("reschedule none");
            return;
        }
        try {
            timeout.reschedule(s.ticks());
            say("reschedule " + s.name());
        } catch (ModelError e) {
            say("reschedule " + s.name() + " " + e);
        }
    }

    private static String check(String name, ModelFuture future) {
        String state = future.cancelled() ? "cancelled" : future.done() ? "done" : "pending";
        return "check "
                + name
                + " "
                + state
                + (future instanceof ModelTask task ? " c=" + task.cancelling() : "");
    }

    private String count() {
        return loop.current == null ? "" : " c=" + loop.current.cancelling();
    }

    private static String show(Outcome outcome) {
        return "" + (outcome.isFailure() ? outcome.error() : outcome.value());
    }

    private Co said(String what) {
        say(what);
        return Co.NOTHING;
    }

    private void say(String what) {
        ModelTask task = loop.current;
        String label =
                task == null ? Trace.NO_TASK : task.label == null ? Trace.UNKNOWN_TASK : task.label;
        trace.say(loop.now, label, what);
    }
}
