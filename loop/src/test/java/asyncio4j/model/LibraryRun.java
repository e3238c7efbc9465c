package asyncio4j.model;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.gatherReturnExceptions;
import static asyncio4j.Asyncio.shield;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.Asyncio.taskGroup;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.waitFor;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.Asyncio;
import asyncio4j.Awaitable;
import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.ExceptionContext;
import asyncio4j.InvalidStateException;
import asyncio4j.ReturnWhen;
import asyncio4j.Runner;
import asyncio4j.StopAsyncIteration;
import asyncio4j.Task;
import asyncio4j.TaskGroup;
import asyncio4j.TaskOptions;
import asyncio4j.Timeout;
import asyncio4j.VirtualClock;
import asyncio4j.locks.Lock;
import asyncio4j.locks.Semaphore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a program does on the library: its steps as straight-line code. */
final class LibraryRun {

    private final VirtualClock clock = new VirtualClock();

    private final Trace trace = new Trace();

    private final Map<String, AsyncFuture<Object>> futures = new LinkedHashMap<>();

    private final Map<String, AsyncGenerator<String>> generators = new HashMap<>();

    private final Map<String, TaskGroup> groups = new HashMap<>();

    private final Lock lock = new Lock();

    private final LibraryShared shared = new LibraryShared();

    private final Map<String, Timeout> timeouts = new HashMap<>();

    private final Map<String, Semaphore> semaphores = new HashMap<>();

    private final IdentityHashMap<Task<?>, String> labels = new IdentityHashMap<>();

    /** Tasks whose bodies have begun. */
    private final List<Task<?>> begun = new ArrayList<>();

    private final List<String> unretrieved = new ArrayList<>();

    private LibraryRun() {}

    /** The trace of {@code program}. */
    static List<String> trace(Program program) {
        LibraryRun run = new LibraryRun();
        run.run(program);
        return run.trace.lines;
    }

    private void run(Program program) {
        Runner runner = Runner.builder().loopFactory(this::loop).build();
        EventLoop loop = runner.getLoop();
        for (int i = 0; i < Program.SEMAPHORES.size(); i++) {
            semaphores.put(Program.SEMAPHORES.get(i), new Semaphore(i + 1));
        }
        Program.FUTURES.forEach(name -> futures.put(name, loop.createFuture()));
        loop.callLater(ticks(Program.PATIENCE), () -> cancelAll(loop));
        Coroutine<Object> body = coroutine("main", program.main());
        try {
            Object result =
                    runner.run(() -> {
                        putMain();
                        return body.run();
                    });
            trace.end("main -> " + result);
        } catch (Throwable e) {
            trace.end("main raised " + Errors.show(e));
        }
        runner.close();
        unretrieved.stream().sorted().forEach(trace::end);
        futures.forEach((name, future) -> trace.end(name + " " + state(future)));
    }

    @SuppressWarnings("unchecked") // the main task answers an Object
    private void putMain() {
        futures.put("main", (Task<Object>) currentTask());
    }

    private EventLoop loop() {
        EventLoop loop = Asyncio.newEventLoop(clock);
        loop.setExceptionHandler((_, context) -> report(context));
        return loop;
    }

    private void report(ExceptionContext context) {
        String error = Errors.show(context.exception());
        String message = context.message();
        if (message.contains("never retrieved")) {
            unretrieved.add("unretrieved " + error);
        } else if (message.contains("shield")) {
            say("report shield " + error);
        } else if (message.contains("unhandled exception during")) {
            say("report unhandled " + error);
        } else if (message.contains("closing of asynchronous generator")) {
            say("report generator " + error);
        } else {
            say("report " + message + " " + error);
        }
    }

    private static String state(AsyncFuture<?> future) {
        String count = future instanceof Task<?> task ? " c=" + task.cancelling() : "";
        return (future.done() ? outcome(future) : "pending") + count;
    }

    private static String outcome(AsyncFuture<?> future) {
        try {
            return Errors.show(future.result());
        } catch (Throwable e) {
            return Errors.show(e);
        }
    }

    private void cancelAll(EventLoop loop) {
        say("out of patience");
        for (Task<?> task : begun) {
            task.cancel("patience");
        }
        loop.callLater(ticks(Program.PERIOD), () -> cancelAll(loop));
    }

    private Coroutine<Object> coroutine(String name, List<Step> steps) {
        return () -> {
            Task<?> task = currentTask();
            if (labels.putIfAbsent(task, name) == null) {
                begun.add(task);
            }
            say("start " + name);
            steps(steps, null);
            return "r" + name;
        };
    }

    private void steps(List<Step> steps, AsyncGenerator.Yielder<String> generator)
            throws Exception {
        for (Step step : steps) {
            step(step, generator);
        }
    }

    private void step(Step step, AsyncGenerator.Yielder<String> generator) throws Exception {
        switch (step) {
            case Step.Sleep s -> await(sleep(ticks(s.ticks())));
            case Step.Raise s -> throw new Errors.Boom(s.message());
            case Step.Await s ->
                    on(s.name(), "await", f -> say(s.name() + " -> " + Errors.show(await(f))));
            case Step.WaitFor s -> waitForStep(s);
            case Step.Try s -> tryBlock(s, generator);
            case Step.Semaphore s -> {
                try (var _ = await(semaphores.get(s.name()).acquire())) {
                    say("acquired " + s.name());
                    steps(s.body(), generator);
                }
            }
            case Step.Timeout s -> {
                AtomicReference<Timeout> entered = new AtomicReference<>();
                await(
                        timeout(
                                limit(s.ticks()),
                                t -> {
                                    entered.set(t);
                                    timeouts.put(s.name(), t);
                                    steps(s.body(), generator);
                                }));
                say(s.name() + " expired " + entered.get().expired());
            }
            case Step.Lock s -> {
                try (var _ = await(lock.acquire())) {
                    say("acquired lock");
                    steps(s.body(), generator);
                }
            }
            case Step.Group s -> {
                await(
                        taskGroup(group -> {
                            groups.put(s.name(), group);
                            steps(s.body(), generator);
                        }));
                say(s.name() + " ended");
            }
            case Step.Wait s -> waitStep(s);
            case Step.Use s when s.op().suspends ->
                    say(used(s.op(), shared.use(s, () -> say("condition held"))));
            case Step.Yield s -> generator.yield("" + s.item());
            case Step.Anext s -> onGenerator(s.name(), AsyncGenerator::anext);
            case Step.Athrow s ->
                    onGenerator(s.name(), g -> g.athrow(new Errors.Boom(s.message())));
            case Step.Aclose s -> onGenerator(s.name(), AsyncGenerator::aclose);
            default -> plain(step);
        }
    }

    /** What doesn't suspend. */
    private void plain(Step step) {
        switch (step) {
            case Step.Log s -> say("log " + s.number() + count());
            case Step.Spawn s ->
                    futures.put(
                            s.name(),
                            createTask(
                                    coroutine(s.name(), s.body()),
                                    TaskOptions.DEFAULT.name(s.name()).eagerStart(s.eager())));
            case Step.GroupSpawn s -> groupSpawn(s);
            case Step.Use s -> {
                try {
                    say(used(s.op(), shared.use(s, () -> {})));
                } catch (RuntimeException e) {
                    say(s.op().word() + " " + Errors.show(e));
                }
            }
            case Step.Complete s ->
                    settle("set_result", s.name(), f -> f.setResult("v" + s.name()));
            case Step.Fail s ->
                    settle(
                            "set_exception",
                            s.name(),
                            f -> f.setException(new Errors.Boom(s.message())));
            case Step.Cancel s ->
                    on(
                            s.name(),
                            "cancel",
                            f ->
                                    say(
                                            "cancel "
                                                    + s.name()
                                                    + " "
                                                    + (s.message() == null
                                                            ? f.cancel()
                                                            : f.cancel(s.message()))));
            case Step.Uncancel s ->
                    on(
                            s.name(),
                            "uncancel",
                            f ->
                                    say(
                                            "uncancel "
                                                    + s.name()
                                                    + " "
                                                    + (f instanceof Task<?> task
                                                            ? task.uncancel()
                                                            : "no task")));
            case Step.Check s -> on(s.name(), "check", f -> say(check(s.name(), f)));
            case Step.Shield s -> {
                List<Awaitable<Object>> inner = args(List.of(s.arg()));
                if (inner.isEmpty()) {
                    say("shield none");
                } else {
                    futures.put(s.name(), shield(inner.getFirst()));
                }
            }
            case Step.Gather s ->
                    futures.put(
                            s.name(),
                            asObject(
                                    s.returnExceptions()
                                            ? gatherReturnExceptions(args(s.args()))
                                            : gather(args(s.args()))));
            case Step.Reschedule s -> reschedule(s);
            case Step.Callback s ->
                    on(
                            s.name(),
                            "callback",
                            f ->
                                    f.addDoneCallback(
                                            _ -> say("done " + s.name() + " " + s.number())));
            case Step.Later s -> {
                EventLoop loop = Asyncio.getRunningLoop();
                Runnable callback =
                        () -> {
                            say("later");
                            s.body().forEach(this::plain);
                        };
                if (s.ticks() < 0) {
                    loop.callSoon(callback);
                } else {
                    loop.callLater(ticks(s.ticks()), callback);
                }
            }
            case Step.Generator s ->
                    generators.put(s.name(), AsyncGenerator.of(g -> steps(s.body(), g)));
            default -> throw new IllegalArgumentException("suspends: " + step);
        }
    }

    @SuppressWarnings("unchecked") // it is only read
    private static AsyncFuture<Object> asObject(AsyncFuture<?> future) {
        return (AsyncFuture<Object>) future;
    }

    private void tryBlock(Step.Try s, AsyncGenerator.Yielder<String> generator) throws Exception {
        try {
            tryCatch(s, generator);
        } finally {
            if (s.hasLast()) {
                say("finally" + count());
                steps(s.last(), generator);
            }
        }
    }

    private void tryCatch(Step.Try s, AsyncGenerator.Yielder<String> generator) throws Exception {
        try {
            steps(s.body(), generator);
        } catch (Throwable e) {
            boolean caught =
                    switch (s.caught()) {
                        case NOTHING -> false;
                        case CANCELLED -> e instanceof CancelledError;
                        case EXCEPTION -> e instanceof Exception;
                    };
            if (!caught) {
                throw e;
            }
            say("caught " + Errors.show(e) + count());
            steps(s.handler(), generator);
            if (s.rethrow()) {
                throw e;
            }
        }
    }

    private void waitForStep(Step.WaitFor s) throws Exception {
        List<Awaitable<Object>> args = args(List.of(s.arg()));
        if (args.isEmpty()) {
            say("wait_for none");
            say("wait_for -> null");
        } else {
            Object result = await(waitFor(args.getFirst(), ticks(s.ticks())));
            say("wait_for -> " + Errors.show(result));
        }
    }

    private void onGenerator(String name, Function<AsyncGenerator<String>, Coroutine<?>> use) {
        AsyncGenerator<String> generator = generators.get(name);
        if (generator == null) {
            say("generator none");
            return;
        }
        try {
            say(name + " item " + Errors.show(await(use.apply(generator))));
        } catch (StopAsyncIteration e) {
            say(name + " stop");
        }
    }

    private List<Awaitable<Object>> args(List<Step.Arg> args) {
        List<Awaitable<Object>> all = new ArrayList<>();
        for (Step.Arg arg : args) {
            switch (arg) {
                case Step.Ref ref -> {
                    AsyncFuture<Object> future = find(ref.name());
                    if (future != null) {
                        all.add(future);
                    }
                }
                case Step.Body body -> all.add(coroutine(body.name(), body.steps()));
            }
        }
        return all;
    }

    private AsyncFuture<Object> find(String name) {
        return name.equals(Step.SELF) ? asObject(currentTask()) : futures.get(name);
    }

    private void on(String name, String what, Consumer<AsyncFuture<Object>> use) {
        AsyncFuture<Object> future = find(name);
        if (future == null) {
            say(what + " none");
        } else {
            use.accept(future);
        }
    }

    private void settle(String what, String name, Consumer<AsyncFuture<Object>> use) {
        try {
            use.accept(find(name));
            say(what + " " + name);
        } catch (InvalidStateException e) {
            say(what + " " + name + " " + Errors.show(e));
        }
    }

    private static String used(Step.Op op, Object value) {
        return op.word() + (value == null ? "" : " -> " + value);
    }

    private void groupSpawn(Step.GroupSpawn s) {
        TaskGroup group = groups.get(s.group());
        if (group == null) {
            say("group none");
            return;
        }
        try {
            futures.put(
                    s.name(),
                    group.createTask(
                            coroutine(s.name(), s.body()),
                            TaskOptions.DEFAULT.name(s.name()).eagerStart(s.eager())));
        } catch (IllegalStateException e) {
            say("group_task " + Errors.show(e));
        }
    }

    private void waitStep(Step.Wait s) {
        Map<String, AsyncFuture<Object>> all = new LinkedHashMap<>();
        for (Step.Ref ref : s.futures()) {
            AsyncFuture<Object> future = find(ref.name());
            if (future != null) {
                all.put(ref.name(), future);
            }
        }
        if (all.isEmpty()) {
            say("wait none");
            return;
        }
        ReturnWhen until = ReturnWhen.valueOf(s.until().name());
        var found = await(Asyncio.wait(all.values(), until, limit(s.ticks())));
        List<String> done = new ArrayList<>(all.keySet());
        done.removeIf(name -> !found.done().contains(all.get(name)));
        say("wait -> " + done + " of " + all.keySet());
    }

    private void reschedule(Step.Reschedule s) {
        Timeout timeout = timeouts.get(s.name());
        if (timeout == null) {
            say("reschedule none");
            return;
        }
        try {
            Duration limit = limit(s.ticks());
            timeout.reschedule(limit == null ? null : clock.time().plus(limit));
            say("reschedule " + s.name());
        } catch (IllegalStateException e) {
            say("reschedule " + s.name() + " " + Errors.show(e));
        }
    }

    private static Duration limit(int ticks) {
        return ticks < 0 ? null : ticks(ticks);
    }

    private static String check(String name, AsyncFuture<?> future) {
        String state = future.cancelled() ? "cancelled" : future.done() ? "done" : "pending";
        return "check "
                + name
                + " "
                + state
                + (future instanceof Task<?> task ? " c=" + task.cancelling() : "");
    }

    private static Task<?> runningTask() {
        try {
            return currentTask();
        } catch (IllegalStateException e) { // a report from outside of the loop
            return null;
        }
    }

    private static String count() {
        Task<?> task = currentTask();
        return task == null ? "" : " c=" + task.cancelling();
    }

    private static Duration ticks(int ticks) {
        return Duration.ofMillis(ticks);
    }

    private void say(String what) {
        Task<?> task = runningTask();
        String label = task == null ? Trace.NO_TASK : labels.getOrDefault(task, Trace.UNKNOWN_TASK);
        trace.say(clock.time().toMillis(), label, what);
    }
}
