package asyncio4j.model;

/** An async generator, as Objects/genobject.c has it. */
final class ModelGenerator {

    private final ModelLoop loop;

    private final Strand strand;

    /** ag_running_async: one of its coroutines is under way. */
    private boolean running;

    /** ag_closed. */
    private boolean closed;

    /** The loop knows of it. */
    private boolean registered;

    ModelGenerator(ModelLoop loop, Co body) {
        this.loop = loop;
        // PEP 479: the end of another generator doesn't end this one
        strand =
                new Strand(
                        body.handle(o ->
                                new Co.Done(
                                        o.isFailure()
                                                        && o.error()
                                                                .is(ModelError.STOP_ASYNC_ITERATION)
                                                ? Outcome.failed(
                                                        ModelError.of(ModelError.RUNTIME_ERROR))
                                                : o)));
    }

    Co anext() {
        firstIteration();
        checkNotRunning();
        running = true;
        return drive(Outcome.of(null)).handle(this::unwrap);
    }

    Co athrow(ModelError error) {
        firstIteration();
        if (strand.ended()) {
            return Co.NOTHING;
        }
        checkNotRunning();
        if (closed) {
            throw ModelError.of(ModelError.STOP_ASYNC_ITERATION);
        }
        running = true;
        return drive(Outcome.failed(error)).handle(this::unwrap);
    }

    Co aclose() {
        firstIteration();
        if (strand.ended()) {
            return Co.NOTHING;
        }
        checkNotRunning();
        if (closed) {
            throw ModelError.of(ModelError.STOP_ASYNC_ITERATION);
        }
        running = true;
        closed = true;
        return drive(Outcome.failed(ModelError.of(ModelError.GENERATOR_EXIT)))
                .handle(o -> {
                    running = false;
                    if (!o.isFailure()) { // it has yielded
                        return loop.has(Flaw.IGNORED_EXIT)
                                ? Co.NOTHING
                                : new Co.Done(
                                        Outcome.failed(ModelError.of(ModelError.RUNTIME_ERROR)));
                    }
                    return isEnd(o.error()) ? Co.NOTHING : new Co.Done(o);
                });
    }

    /** Whether it has begun and stands at a yield. */
    boolean open() {
        return strand.begun() && !strand.ended();
    }

    /** What close does to one that ignored GeneratorExit; answers whether that ends it. */
    boolean drop() {
        ModelError exit = ModelError.of(ModelError.GENERATOR_EXIT);
        return strand.resume(Outcome.failed(exit)).equals(new Strand.Ended(Outcome.failed(exit)));
    }

    private void firstIteration() {
        if (!registered) {
            if (loop.generatorsShutDown) {
                throw new OutOfScope("a generator is begun when the others have been closed");
            }
            registered = true;
            loop.generators.add(this);
        }
    }

    private void checkNotRunning() {
        if (running) {
            throw ModelError.of(ModelError.RUNTIME_ERROR);
        }
    }

    /** Runs the body, in the calling task, up to its next yield or its end. */
    private Co drive(Outcome in) {
        if (strand.ended()) {
            return new Co.Done(Outcome.failed(ModelError.of(ModelError.STOP_ASYNC_ITERATION)));
        }
        return switch (strand.resume(in)) {
            case Strand.Yields yields -> Co.value(yields.item());
            case Strand.Ended ended ->
                    new Co.Done(
                            ended.outcome().isFailure()
                                    ? ended.outcome()
                                    : Outcome.failed(
                                            ModelError.of(ModelError.STOP_ASYNC_ITERATION)));
            case Strand.Waits waits -> new Co.Suspend(waits.future()).handle(this::drive);
        };
    }

    private Co unwrap(Outcome outcome) {
        running = false;
        if (outcome.isFailure() && isEnd(outcome.error())) {
            closed = true;
        }
        return new Co.Done(outcome);
    }

    private static boolean isEnd(ModelError error) {
        return error.is(ModelError.STOP_ASYNC_ITERATION) || error.is(ModelError.GENERATOR_EXIT);
    }
}
