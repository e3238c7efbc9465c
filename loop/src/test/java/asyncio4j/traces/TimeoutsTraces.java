package asyncio4j.traces;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.currentTask;
import static asyncio4j.Asyncio.getRunningLoop;
import static asyncio4j.Asyncio.timeout;
import static asyncio4j.Asyncio.timeoutAt;

import asyncio4j.CancelledError;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.Timeout;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** {@code src/test/python/timeouts}. */
class TimeoutsTraces extends Traces {

    /** The timeout that a program looks at after its block. */
    private Timeout left;

    private static int cancelling() {
        return Objects.requireNonNull(currentTask()).cancelling();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    void expires() {
        run(() -> {
            try {
                await(
                        timeout(
                                time(2),
                                t -> {
                                    left = t;
                                    say(seconds(t.when()), t.expired());
                                    try {
                                        ticks(5);
                                    } catch (CancelledError error) {
                                        say("inside", describe(error), cancelling());
                                        throw error;
                                    }
                                }));
            } catch (TimeoutException error) {
                say("outside", describe(error));
            }
            say(left.expired(), cancelling());
            ticks(1);
        });
    }

    void inTime() {
        run(() -> {
            await(
                    timeout(
                            time(5),
                            t -> {
                                left = t;
                                ticks(1);
                                say("in time");
                            }));
            say(left.expired());
            ticks(10);
            say("nothing came after");
        });
    }

    void rescheduled() {
        run(() -> {
            EventLoop loop = getRunningLoop();
            try {
                await(
                        timeout(
                                time(2),
                                t -> {
                                    left = t;
                                    ticks(1);
                                    t.reschedule(loop.time().plus(time(3)));
                                    ticks(2);
                                    say("still in time");
                                    t.reschedule(null);
                                    ticks(5);
                                    t.reschedule(loop.time().plus(time(1)));
                                    ticks(2);
                                    say("never");
                                }));
            } catch (TimeoutException error) {
                say(describe(error));
            }
            try {
                left.reschedule(loop.time());
            } catch (IllegalStateException error) {
                say(describe(error));
            }
        });
    }

    void nestedOuterFirst() {
        run(() -> {
            try {
                await(
                        timeout(
                                time(2),
                                _ -> {
                                    try {
                                        await(
                                                timeout(
                                                        time(5),
                                                        t -> {
                                                            left = t;
                                                            ticks(10);
                                                        }));
                                    } catch (TimeoutException error) {
                                        say("never");
                                    } finally {
                                        say("inner expired", left.expired());
                                    }
                                }));
            } catch (TimeoutException error) {
                say("outer", describe(error));
            }
        });
    }

    void nestedInnerFirst() {
        run(() -> {
            await(
                    timeout(
                            time(5),
                            outer -> {
                                left = outer;
                                try {
                                    await(
                                            timeout(
                                                    time(2),
                                                    _ -> {
                                                        ticks(10);
                                                    }));
                                } catch (TimeoutException error) {
                                    say("inner", describe(error));
                                }
                                ticks(1);
                                say("the outer block goes on");
                            }));
            say("outer expired", left.expired());
        });
    }

    void bothAtOnce() {
        run(() -> {
            try {
                await(
                        timeoutAt(
                                getRunningLoop().time().plus(time(2)),
                                outer -> {
                                    left = outer;
                                    twoAtOnce(outer);
                                    ticks(1);
                                    say("goes on");
                                }));
            } catch (TimeoutException error) {
                say("outer", describe(error), left.expired());
            }
            say(cancelling());
        });
    }

    private void twoAtOnce(Timeout outer) {
        Timeout[] inner = new Timeout[1];
        try {
            await(
                    timeoutAt(
                            outer.when(),
                            t -> {
                                inner[0] = t;
                                ticks(10);
                            }));
        } catch (TimeoutException error) {
            say("inner", inner[0].expired(), outer.expired());
        }
    }

    void inACancelledTask() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            ticks(100);
                        } finally {
                            try {
                                await(
                                        timeout(
                                                time(2),
                                                _ -> {
                                                    ticks(5);
                                                }));
                            } catch (TimeoutException error) {
                                say("clean-up took too long:", describe(error));
                            }
                        }
                    });
            ticks(1);
            task.cancel("outside");
            say(outcome(task), task.cancelling());
        });
    }

    void cancelFromOutside() {
        run(() -> {
            Task<Void> task =
                    createTask(() -> {
                        try {
                            await(
                                    timeout(
                                            time(2),
                                            _ -> {
                                                endingLate();
                                            }));
                        } catch (TimeoutException error) {
                            say("never");
                        }
                    });
            ticks(3);
            task.cancel("outside");
            say(outcome(task), task.cancelling());
        });
    }

    private static void endingLate() {
        try {
            ticks(10);
        } finally {
            ticks(2);
        }
    }

    void noSuspension() {
        run(() -> {
            await(
                    timeout(
                            Duration.ofSeconds(-1),
                            t -> {
                                left = t;
                                say("no suspension", t.expired());
                            }));
            say(left.expired());
            try {
                await(
                        timeout(
                                Duration.ZERO,
                                _ -> {
                                    turn();
                                    say("one turn is left");
                                    turn();
                                    say("never");
                                }));
            } catch (TimeoutException error) {
                say(describe(error));
            }
        });
    }

    void errorOfTheBlock() {
        run(() -> {
            try {
                await(
                        timeout(
                                time(1),
                                t -> {
                                    replacing(t);
                                }));
            } catch (Boom error) {
                say(describe(error), left.expired(), cancelling());
            }
            await(
                    timeout(
                            time(1),
                            t -> {
                                left = t;
                                try {
                                    ticks(5);
                                } catch (CancelledError error) {
                                    say("swallowed");
                                }
                            }));
            say(left.expired(), cancelling());
            ticks(1);
        });
    }

    private void replacing(Timeout timeout) {
        left = timeout;
        try {
            ticks(5);
        } catch (CancelledError error) {
            throw new Boom("instead");
        }
    }
}
