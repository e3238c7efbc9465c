package asyncio4j.bridge.test;

import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Gives out a {@link LinkedScheduler} in place of all of Reactor's, in a wrapper whose workers note
 * when their work is due: those of the scheduler itself can't be replaced.
 */
record DueNotingFactory(LinkedScheduler scheduler) implements Schedulers.Factory {

    @Override
    public Scheduler newParallel(int parallelism, ThreadFactory threadFactory) {
        return new Noting(scheduler);
    }

    @Override
    public Scheduler newSingle(ThreadFactory threadFactory) {
        return new Noting(scheduler);
    }

    @Override
    public Scheduler newBoundedElastic(
            int threadCap, int queuedTaskCap, ThreadFactory threadFactory, int ttlSeconds) {
        return new Noting(scheduler);
    }

    @Override
    public Scheduler newThreadPerTaskBoundedElastic(
            int threadCap, int queuedTaskCap, ThreadFactory threadFactory) {
        return new Noting(scheduler);
    }

    private record Noting(LinkedScheduler scheduler) implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return scheduler.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return scheduler.schedule(task, delay, unit);
        }

        @Override
        public Disposable schedulePeriodically(
                Runnable task, long initialDelay, long period, TimeUnit unit) {
            return scheduler.schedulePeriodically(task, initialDelay, period, unit);
        }

        @Override
        public long now(TimeUnit unit) {
            return scheduler.now(unit);
        }

        @Override
        public Worker createWorker() {
            return new NotingWorker(scheduler, scheduler.createWorker());
        }
    }

    private record NotingWorker(LinkedScheduler scheduler, Scheduler.Worker worker)
            implements Scheduler.Worker {

        @Override
        public Disposable schedule(Runnable task) {
            return worker.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            scheduler.note(unit.toNanos(delay));
            return worker.schedule(task, delay, unit);
        }

        @Override
        public Disposable schedulePeriodically(
                Runnable task, long initialDelay, long period, TimeUnit unit) {
            return worker.schedulePeriodically(
                    scheduler.noting(task, initialDelay, period, unit), initialDelay, period, unit);
        }

        @Override
        public void dispose() {
            worker.dispose();
        }

        @Override
        public boolean isDisposed() {
            return worker.isDisposed();
        }
    }
}
