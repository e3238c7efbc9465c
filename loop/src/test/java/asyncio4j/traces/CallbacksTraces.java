package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.getRunningLoop;

import asyncio4j.AsyncFuture;
import asyncio4j.Context;
import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.Handle;
import asyncio4j.InvalidStateException;
import asyncio4j.Task;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** {@code src/test/python/callbacks}. */
class CallbacksTraces extends Traces {

    private static final ContextVar<String> VAR = ContextVar.withDefault("VAR", "default");

    void order() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            loop.callSoon(() -> {
                say("first");
                loop.callSoon(() -> say("registered by first"));
            });
            loop.callSoon(() -> say("second"));
            say("main goes on");
            turn();
            say("after one turn");
            turn();
            say("after two turns");
        });
    }

    void timers() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            loop.callLater(time(3), () -> say("30 ms"));
            loop.callLater(time(1), () -> say("10 ms"));
            loop.callAt(loop.time().plus(time(2)), () -> say("at 20 ms"));
            loop.callLater(Duration.ZERO, () -> say("no delay"));
            loop.callSoon(() -> say("soon"));
            ticks(2.5);
            say("main after 25 ms");
            ticks(1);
        });
    }

    void negativeDelays() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            loop.callLater(Duration.ofSeconds(-1), () -> say("-1"));
            loop.callLater(Duration.ofSeconds(-3), () -> say("-3"));
            loop.callLater(Duration.ofSeconds(-2), () -> say("-2"));
            loop.callSoon(() -> say("soon"));
            turn();
            say("after one turn");
            turn();
            say("after two turns");
        });
    }

    void cancelledHandles() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            Handle later = loop.callLater(time(1), () -> say("never"));
            Handle[] second = new Handle[1];
            loop.callSoon(() -> second[0].cancel());
            second[0] = loop.callSoon(() -> say("never either"));
            Handle third = loop.callSoon(() -> say("third"));
            turn();
            third.cancel();
            say(second[0].cancelled(), third.cancelled(), later.cancelled());
            later.cancel();
            ticks(2);
            say("nothing else came");
        });
    }

    void doneCallbacks() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            AsyncFuture<Integer> future = loop.createFuture();
            future.addDoneCallback(f -> {
                say("one", f.result());
                f.addDoneCallback(again -> say("added when done", again.result()));
            });
            future.addDoneCallback(f -> say("two", f.result()));
            loop.callSoon(() -> say("was ready before"));
            future.setResult(7);
            loop.callSoon(() -> say("came after"));
            say("set");
            turn();
            say("after one turn");
            turn();
        });
    }

    void removedDoneCallbacks() {
        run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            Consumer<AsyncFuture<Integer>> called = f -> say("called", f.result());
            future.addDoneCallback(called);
            future.addDoneCallback(called);
            future.addDoneCallback(_ -> say("other"));
            say("removed", future.removeDoneCallback(called));
            future.addDoneCallback(called);
            future.setResult(1);
            say("removed", future.removeDoneCallback(called));
            turn();
        });
    }

    void failing() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            loop.callSoon(() -> fail("soon"));
            loop.callLater(time(1), () -> fail("later"));
            AsyncFuture<Void> future = loop.createFuture();
            future.addDoneCallback(_ -> fail("done"));
            future.setResult(null);
            loop.callSoon(() -> say("not disturbed"));
            ticks(2);
            say("main ends");
        });
    }

    private void fail(String word) {
        say("about to fail", word);
        throw new Boom(word);
    }

    void contexts() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            loop.callSoon(() -> seen("before"));
            VAR.set("main");
            loop.callSoon(() -> seen("after"));
            Context own = Context.copyContext();
            loop.callSoon(() -> seen("given"), own);
            loop.callSoon(() -> seen("given again"), own);
            turn();
            say("main sees", VAR.get());
        });
    }

    private void seen(String word) {
        say(word, VAR.get());
        VAR.set("set by " + word);
    }

    void futuresWakeTasks() {
        run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            List<Task<Void>> tasks =
                    Stream.of("a", "b", "c")
                            .map(name ->
                                    createTask(() -> {
                                        say(name, "waits");
                                        try {
                                            say(name, "got", await(future));
                                        } catch (Boom error) {
                                            say(name, describe(error));
                                        }
                                    }))
                            .toList();
            turn();
            tasks.get(1).cancel();
            say("future is cancelled:", future.cancelled());
            turn();
            say("future is cancelled:", future.cancelled());
            for (Task<?> task : tasks) {
                say(outcome(task));
            }
        });
    }

    void exceptionsOfFutures() {
        run(() -> {
            AsyncFuture<Integer> future = getRunningLoop().createFuture();
            List<Task<Void>> tasks =
                    Stream.of("a", "b")
                            .map(name -> createTask(() -> say(name, outcome(future))))
                            .toList();
            turn();
            future.setException(new Boom("once"));
            try {
                future.setResult(1);
            } catch (InvalidStateException error) {
                say(describe(error));
            }
            say("cancel says", future.cancel());
            for (Task<?> task : tasks) {
                await(task);
            }
            say("and again", outcome(future));
        });
    }
}
