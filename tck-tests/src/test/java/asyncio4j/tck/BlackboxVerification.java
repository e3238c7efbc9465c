package asyncio4j.tck;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

import java.util.concurrent.CompletableFuture;

/**
 * The TCK's rules for a subscriber of the bridge, seen from outside: a task awaits or iterates, and
 * the TCK plays its publisher.
 */
public abstract class BlackboxVerification extends SubscriberBlackboxVerification<Integer> {

    private RunningLoop running;

    /** With the times of all verifications. */
    protected BlackboxVerification() {
        super(Environment.create());
    }

    /** Starts the loop. */
    @BeforeClass
    public void start() {
        running = new RunningLoop();
    }

    /** Ends the loop, and with it the awaits that the TCK left as they were. */
    @AfterClass
    public void stop() {
        running.close();
    }

    /** Awaits {@code publisher}, or goes through it. In a task. */
    abstract void use(Publisher<Integer> publisher);

    @Override
    public Subscriber<Integer> createSubscriber() {
        CompletableFuture<Subscriber<Integer>> made = new CompletableFuture<>();
        Publisher<Integer> publisher = subscriber -> made.complete(narrow(subscriber));
        var _ =
                running.task(() -> {
                    use(publisher);
                    return null;
                });
        return made.join();
    }

    /** The subscriber, as one of integers. */
    @SuppressWarnings("unchecked") // a subscriber of any supertype takes integers
    static Subscriber<Integer> narrow(Subscriber<? super Integer> subscriber) {
        return (Subscriber<Integer>) subscriber;
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
