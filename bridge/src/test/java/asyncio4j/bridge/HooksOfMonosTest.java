package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.mono;
import static asyncio4j.bridge.Bridge.toMono;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.CancelledError;
import asyncio4j.Coroutine;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Ledger;
import asyncio4j.bridge.testing.Ledger.Fault;
import asyncio4j.bridge.testing.Ledger.Item;
import asyncio4j.bridge.testing.LoopThread;
import asyncio4j.bridge.testing.Received;
import asyncio4j.bridge.testing.Rival;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/** Results of coroutines and tasks whose subscribers request and cancel meanwhile. */
class HooksOfMonosTest {

    private static final int ROUNDS = 4_000;

    private final Ledger ledger = new Ledger();

    private final SplittableRandom random = new SplittableRandom(23);

    @AfterEach
    void close() {
        ledger.close();
    }

    private final class Cancelling extends Received<Item> {

        Cancelling(long demand) {
            super(demand, ledger.context());
        }

        @Override
        public void onNext(Item item) {
            ledger.delivered(item);
            super.onNext(item);
        }

        @Override
        public void onError(Throwable error) {
            ledger.delivered(error);
            super.onError(error);
        }

        void run(LoopThread other) {
            if (random.nextInt(4) == 0) {
                other.settle();
            }
            Rival.spin(random.nextInt(1000));
            if (random.nextBoolean()) {
                subscription.request(1);
                Rival.spin(random.nextInt(1000));
            }
            subscription.cancel();
        }
    }

    /** Ends with a value or an error, now or later, and perhaps in spite of being cancelled. */
    private Coroutine<Item> course() {
        int turns = random.nextInt(3);
        boolean fails = random.nextBoolean();
        boolean stubborn = random.nextBoolean();
        return () -> {
            try {
                for (int i = 0; i < turns; i++) {
                    await(sleep(Duration.ZERO));
                }
            } catch (CancelledError e) {
                if (!stubborn) {
                    throw e;
                }
                await(sleep(Duration.ZERO));
            }
            if (fails) {
                throw ledger.fault();
            }
            return ledger.item();
        };
    }

    @Test
    void ofACoroutine() {
        try (LoopThread other = new LoopThread()) {
            for (int i = 0; i < ROUNDS; i++) {
                Cancelling subscriber = new Cancelling(random.nextInt(2));
                mono(other.loop, course()).subscribe(subscriber);
                subscriber.run(other);
            }
        }
        ledger.check();
    }

    @Test
    void ofCoroutinesWhoseRunnerIsClosed() {
        for (int i = 0; i < 300; i++) {
            LoopThread other = new LoopThread();
            List<Cancelling> subscribers = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
                Cancelling subscriber = new Cancelling(1);
                subscribers.add(subscriber);
                mono(other.loop, course()).subscribe(subscriber);
            }
            other.close();
            for (Cancelling subscriber : subscribers) {
                assertThat(subscriber.elements.size() + subscriber.errors.size()).isEqualTo(1);
            }
        }
        ledger.check(CancellationException.class);
    }

    /** What a cancelled subscriber of a task didn't get is still the task's. */
    @Test
    void ofATask() {
        try (LoopThread other = new LoopThread()) {
            for (int i = 0; i < ROUNDS; i++) {
                Task<Item> task =
                        other.run(() -> {
                            Task<Item> made = createTask(course());
                            if (random.nextBoolean()) {
                                await(sleep(Duration.ZERO));
                            }
                            return made;
                        });
                Cancelling subscriber = new Cancelling(random.nextInt(2));
                toMono(task).subscribe(subscriber);
                subscriber.run(other);
                boolean kept =
                        other.run(() -> {
                            while (!task.done()) {
                                await(sleep(Duration.ZERO));
                            }
                            await(sleep(Duration.ZERO));
                            return keep(task, subscriber);
                        });
                assertThat(kept).isTrue();
            }
        }
        ledger.check();
    }

    private boolean keep(Task<Item> task, Received<Item> subscriber) {
        if (!task.cancelled()) {
            Object end = task.exception() == null ? task.result() : task.exception();
            if (!subscriber.elements.contains(end) && !subscriber.errors.contains(end)) {
                assertThat(end).isInstanceOfAny(Item.class, Fault.class);
                ledger.delivered(end);
            }
        }
        return true;
    }
}
