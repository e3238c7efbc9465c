package asyncio4j.bridge.test;

import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Reactor's side of a {@link VirtualTime}: whoever moves this moves that. */
final class LinkedScheduler extends VirtualTimeScheduler {

    private final VirtualTime time;

    LinkedScheduler(VirtualTime time) {
        super(false);
        this.time = time;
    }

    /** Does what is due in {@code step}. Who moves the time. */
    void step(Duration step) {
        super.advanceTimeBy(step);
    }

    /** Work is due in so many nanoseconds. */
    void note(long delay) {
        time.note(delay);
    }

    @Override
    public void advanceTime() {
        time.advanceBy(Duration.ZERO);
    }

    @Override
    public void advanceTimeBy(Duration delayTime) {
        time.advanceBy(delayTime);
    }

    @Override
    public void advanceTimeTo(Instant instant) {
        time.advanceBy(Duration.between(Instant.EPOCH, instant).minus(time.now()));
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(time.now());
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        note(unit.toNanos(delay));
        return super.schedule(task, delay, unit);
    }

    @Override
    public Disposable schedulePeriodically(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        return super.schedulePeriodically(
                noting(task, initialDelay, period, unit), initialDelay, period, unit);
    }

    /** Periodic work that notes when it is due next. */
    Runnable noting(Runnable task, long initialDelay, long period, TimeUnit unit) {
        note(unit.toNanos(initialDelay));
        return () -> {
            note(unit.toNanos(period));
            task.run();
        };
    }

    /** Done by {@link #end}: a StepVerifier would do it too early. */
    @Override
    public void dispose() {}

    void end() {
        super.dispose();
    }
}
