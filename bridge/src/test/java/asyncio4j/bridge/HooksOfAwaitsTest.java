package asyncio4j.bridge;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.sleep;
import static asyncio4j.bridge.Bridge.await;
import static asyncio4j.bridge.Bridge.awaitFirst;
import static asyncio4j.bridge.Bridge.awaitLast;
import static asyncio4j.bridge.Bridge.awaitSingle;
import static asyncio4j.bridge.Bridge.mono;

import asyncio4j.CancelledError;
import asyncio4j.Task;
import asyncio4j.bridge.testing.Hand;
import asyncio4j.bridge.testing.Ledger;
import asyncio4j.bridge.testing.Ledger.Item;
import asyncio4j.bridge.testing.Rival;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Values and errors of awaited publishers that come while the task is cancelled. */
class HooksOfAwaitsTest {

    private static final int ROUNDS = 3_000;

    private final Ledger ledger = new Ledger();

    private final Rival publisher = new Rival();

    private final ReactorRunner runner = ReactorRunner.create();

    @AfterEach
    void close() {
        publisher.close();
        runner.close();
        ledger.close();
    }

    @SuppressWarnings("ImmutableEnumChecker") // a function that never changes
    enum Kind {
        MONO(source -> await(Mono.fromDirect(source)), 1),
        FIRST(source -> awaitFirst(source), 1),
        LAST(source -> awaitLast(source), 3),
        SINGLE(source -> awaitSingle(source), 2);

        final Function<Publisher<Item>, Item> await;

        /** How many elements the source may emit. */
        final int most;

        Kind(Function<Publisher<Item>, Item> await, int most) {
            this.await = await;
            this.most = most;
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachComesToOneEnd(Kind kind) {
        runner.run(mono(runner.getLoop(), () -> rounds(kind)).contextWrite(ledger.context()));
        ledger.check(IndexOutOfBoundsException.class); // a second element of an awaitSingle
    }

    private void rounds(Kind kind) {
        SplittableRandom random = new SplittableRandom(20);
        for (int i = 0; i < ROUNDS; i++) {
            Hand<Item> source = Hand.ready();
            Task<Item> task = createTask(() -> kind.await.apply(source));
            await(sleep(Duration.ZERO));
            int elements = random.nextInt(kind.most + 1);
            int end = random.nextInt(4);
            publisher.race(() -> signal(source.subscriber, elements, end));
            Rival.spin(random.nextInt(300));
            if (random.nextInt(4) == 0) {
                publisher.join();
            }
            for (int turn = random.nextInt(4); turn > 0; turn--) {
                await(sleep(Duration.ZERO));
            }
            task.cancel();
            try {
                ledger.delivered(await(task));
            } catch (CancelledError | NoSuchElementException | IndexOutOfBoundsException e) {
                // none for the account
            } catch (Throwable e) {
                ledger.delivered(e);
            }
            publisher.join();
        }
    }

    private void signal(Subscriber<? super Item> subscriber, int elements, int end) {
        for (int i = 0; i < elements; i++) {
            subscriber.onNext(ledger.item());
        }
        if (end == 0) {
            subscriber.onError(ledger.fault());
        } else if (end < 3) {
            subscriber.onComplete();
        }
    }
}
