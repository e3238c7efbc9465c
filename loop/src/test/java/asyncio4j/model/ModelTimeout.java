package asyncio4j.model;

/** asyncio.Timeout. */
final class ModelTimeout {

    private enum State {
        ENTERED,
        EXPIRING,
        EXPIRED,
        EXITED
    }

    private final ModelLoop loop;

    private final ModelTask task;

    /** The task's count of cancels at entry. */
    private final int cancelling;

    /** Null if there is no deadline. */
    private ModelLoop.Handle timer;

    private State state = State.ENTERED;

    /** Enters it, in the task that runs; with negative ticks there is no deadline. */
    ModelTimeout(ModelLoop loop, int ticks) {
        this.loop = loop;
        task = loop.current;
        cancelling = task.cancelling();
        reschedule(ticks);
    }

    /** The rest of {@code async with}. */
    Co block(Co body) {
        return body.handle(o -> new Co.Done(exit(o)));
    }

    boolean expired() {
        return state == State.EXPIRING || state == State.EXPIRED;
    }

    void reschedule(int ticks) {
        if (state != State.ENTERED) {
            throw ModelError.of(ModelError.RUNTIME_ERROR);
        }
        drop();
        if (ticks == 0) {
            timer = loop.callSoon(this::expire);
        } else if (ticks > 0) {
            timer = loop.callLater(ticks, this::expire);
        }
    }

    private void drop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void expire() {
        task.cancel(null);
        state = State.EXPIRING;
        timer = null;
    }

    private Outcome exit(Outcome outcome) {
        drop();
        if (state == State.ENTERED) {
            state = State.EXITED;
            return outcome;
        }
        state = State.EXPIRED;
        boolean alone = task.uncancel() <= cancelling || loop.has(Flaw.TIMEOUT_EATS_CANCEL);
        return alone && outcome.isCancelled()
                ? Outcome.failed(ModelError.of(ModelError.TIMEOUT))
                : outcome;
    }
}
