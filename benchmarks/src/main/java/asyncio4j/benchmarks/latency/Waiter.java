package asyncio4j.benchmarks.latency;

import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;

import asyncio4j.Asyncio;
import asyncio4j.Engine;
import asyncio4j.bridge.ReactorRunner;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.FutureTask;

/** Who waits. The constants' {@link #peer} is the name in the JSON. */
enum Waiter {
    ASYNCIO4J("Asyncio4j") {
        @Override
        void run(Trial trial) {
            onLoop(Engine.VIRTUAL_THREADS, trial);
        }
    },

    ASYNCIO4J_CONTINUATIONS("Asyncio4jOnContinuations") {
        @Override
        void run(Trial trial) {
            onLoop(Engine.CONTINUATIONS, trial);
        }

        @Override
        boolean isAvailable() {
            return Engine.CONTINUATIONS.isAvailable();
        }
    },

    KOTLIN("Kotlin") {
        @Override
        void run(Trial trial) {
            KotlinWaiter.run(trial);
        }
    },

    /** Its neighbour never gives way: platform threads don't. */
    COMPLETABLE_FUTURE("CompletableFuture") {
        @Override
        void run(Trial trial) throws InterruptedException {
            Thread neighbour =
                    Thread.ofPlatform().name("neighbour").unstarted(() -> workOn(trial, false));
            besides(neighbour, trial, () -> join(trial));
        }
    },

    /** As {@link #COMPLETABLE_FUTURE}. */
    BLOCK("Block") {
        @Override
        void run(Trial trial) throws InterruptedException {
            Thread neighbour =
                    Thread.ofPlatform().name("neighbour").unstarted(() -> workOn(trial, false));
            besides(neighbour, trial, () -> block(trial));
        }
    },

    /** Its neighbour is a virtual thread, too, that gives way as coroutines do. */
    BLOCK_VIRTUAL("BlockVirtual") {
        @Override
        void run(Trial trial) throws InterruptedException {
            Thread neighbour =
                    Thread.ofVirtual().name("neighbour").unstarted(() -> workOn(trial, true));
            FutureTask<?> waiting = new FutureTask<>(() -> block(trial), null);
            besides(
                    neighbour,
                    trial,
                    () -> {
                        Thread.startVirtualThread(waiting).join();
                        waiting.resultNow();
                    });
        }
    };

    /** Something that may be interrupted. */
    private interface Waiting {
        void run() throws InterruptedException;
    }

    final String peer;

    Waiter(String peer) {
        this.peer = peer;
    }

    /** Waits until the trial is over. */
    abstract void run(Trial trial) throws InterruptedException;

    /** Whether this JVM has what it takes. */
    boolean isAvailable() {
        return true;
    }

    private static void onLoop(Engine engine, Trial trial) {
        try (ReactorRunner runner = ReactorRunner.builder().engine(engine).build()) {
            runner.run(() -> {
                for (int i = 0; trial.busy() && i < Trial.NEIGHBOURS; i++) {
                    createTask(() -> workAndGiveWay(trial));
                }
                while (trial.more()) {
                    trial.resumed(Objects.requireNonNull(await(trial.mono())));
                }
            });
        }
    }

    private static void workAndGiveWay(Trial trial) {
        while (!trial.over()) {
            trial.work();
            Asyncio.await(sleep(Duration.ZERO));
        }
    }

    private static void join(Trial trial) {
        while (trial.more()) {
            trial.resumed(trial.future().join());
        }
    }

    private static void block(Trial trial) {
        while (trial.more()) {
            trial.resumed(Objects.requireNonNull(trial.mono().block()));
        }
    }

    private static void workOn(Trial trial, boolean givesWay) {
        while (!trial.over()) {
            trial.work();
            if (givesWay) {
                Thread.yield();
            }
        }
    }

    private static void besides(Thread neighbour, Trial trial, Waiting waiting)
            throws InterruptedException {
        if (trial.busy()) {
            neighbour.start();
        }
        waiting.run();
        if (trial.busy()) {
            neighbour.join();
        }
    }
}
