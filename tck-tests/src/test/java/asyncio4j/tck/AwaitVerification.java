package asyncio4j.tck;

import asyncio4j.Asyncio;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

import java.util.concurrent.CompletableFuture;

/**
 * All rules of the TCK for a subscriber of the bridge: a task awaits or iterates, and the TCK plays
 * its publisher.
 */
public abstract class AwaitVerification extends SubscriberBlackboxVerification<Integer> {

    private RunningLoop running;

    /** With the time that the TCK waits for what must, and for what must not happen. */
    protected AwaitVerification() {
        super(new TestEnvironment(2_000, 100));
    }

    /** Starts the loop. */
    @BeforeClass
    public void start() {
        running = new RunningLoop();
    }

    /** Ends the loop, and with it the awaits that the TCK left as they were. */
    @AfterClass
    public void stop() throws InterruptedException {
        running.close();
    }

    /** Awaits {@code publisher}. In a task. */
    abstract void awaitIt(Publisher<Integer> publisher);

    @Override
    public Subscriber<Integer> createSubscriber() {
        CompletableFuture<Subscriber<Integer>> made = new CompletableFuture<>();
        Publisher<Integer> publisher = subscriber -> made.complete(narrow(subscriber));
        var _ =
                Asyncio.runCoroutineThreadsafe(
                        () -> {
                            awaitIt(publisher);
                            return null;
                        },
                        running.loop);
        return made.join();
    }

    @SuppressWarnings("unchecked") // a subscriber of any supertype takes integers
    private static Subscriber<Integer> narrow(Subscriber<? super Integer> subscriber) {
        return (Subscriber<Integer>) subscriber;
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
