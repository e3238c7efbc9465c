package asyncio4j.model;

/** asyncio.Task. */
final class ModelTask extends ModelFuture {

    /** What the trace calls it; null until its body has begun, and if it isn't the program's. */
    String label;

    private final Strand strand;

    private ModelFuture waiter;

    private int cancels;

    private boolean mustCancel;

    /** cancel() is under way. */
    private boolean inCancel;

    private ModelTask(ModelLoop loop, Co body) {
        super(loop);
        strand = new Strand(body);
        loop.tasks.add(this);
    }

    static ModelTask create(ModelLoop loop, Co body) {
        ModelTask task = new ModelTask(loop, body);
        loop.callSoon(() -> task.step(null));
        return task;
    }

    static ModelTask createEager(ModelLoop loop, Co body) {
        ModelTask task = new ModelTask(loop, body);
        task.run(Outcome.of(null));
        return task;
    }

    int cancelling() {
        return cancels;
    }

    int uncancel() {
        if (cancels > 0) {
            cancels--;
            if (cancels == 0 && !loop.has(Flaw.UNCANCEL_KEEPS_PENDING_CANCEL)) {
                mustCancel = false;
            }
        }
        return cancels;
    }

    @Override
    boolean cancel(String message) {
        if (done()) {
            return cancelFuture(message);
        }
        if (inCancel) {
            throw new OutOfScope("tasks that wait for each other are cancelled");
        }
        cancels++;
        inCancel = true;
        try {
            if (waiter != null && waiter.cancel(message)) {
                return true;
            }
        } finally {
            inCancel = false;
        }
        mustCancel = true;
        cancelMessage = message;
        return true;
    }

    private void step(ModelError thrown) {
        ModelError error = thrown;
        if (mustCancel && !loop.has(Flaw.CANCEL_LOSES_TO_RESULT)) {
            if (error == null || !error.is(ModelError.CANCELLED)) {
                error = makeCancelledError();
            }
            mustCancel = false;
        }
        waiter = null;
        run(new Outcome(null, error));
    }

    private void run(Outcome in) {
        ModelTask before = loop.current;
        loop.current = this;
        Strand.Signal signal = strand.resume(in);
        switch (signal) {
            case Strand.Ended ended -> end(ended.outcome());
            case Strand.Waits waits -> await(waits.future());
            case Strand.Yields _ -> throw new IllegalStateException("a yield in a task");
        }
        loop.current = before;
    }

    private void end(Outcome outcome) {
        if (outcome.isCancelled()) {
            cancelledError = outcome.error();
            cancelFuture(null);
        } else if (outcome.isFailure()) {
            setException(outcome.error());
        } else if (mustCancel) {
            mustCancel = false;
            cancelFuture(cancelMessage);
        } else {
            setResult(outcome.value());
        }
    }

    private void await(ModelFuture future) {
        if (future == null) {
            loop.callSoon(() -> step(null));
        } else if (future == this) {
            loop.callSoon(() -> step(ModelError.of(ModelError.RUNTIME_ERROR)));
        } else {
            future.addDoneCallback(this::wakeup);
            waiter = future;
            if (mustCancel && waiter.cancel(cancelMessage)) {
                mustCancel = false;
            }
        }
    }

    private void wakeup(ModelFuture future) {
        step(future.outcome().error());
    }
}
