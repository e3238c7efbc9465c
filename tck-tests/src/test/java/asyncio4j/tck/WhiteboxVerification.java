package asyncio4j.tck;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

import java.util.concurrent.CompletableFuture;

/**
 * The TCK's rules for a subscriber of the bridge, with a probe in it: a task awaits or iterates,
 * the TCK plays its publisher, and is told what arrives.
 */
public abstract class WhiteboxVerification extends SubscriberWhiteboxVerification<Integer> {

    private RunningLoop running;

    private final TestEnvironment environment;

    /** With the times of all verifications. */
    protected WhiteboxVerification() {
        this(Environment.create());
    }

    private WhiteboxVerification(TestEnvironment environment) {
        super(environment);
        this.environment = environment;
    }

    /** Starts the loop. */
    @BeforeClass
    public void start() {
        running = new RunningLoop();
    }

    /** Ends the loop, and with it the tasks that the TCK left as they were. */
    @AfterClass
    public void stop() {
        running.close();
    }

    RunningLoop running() {
        return running;
    }

    TestEnvironment environment() {
        return environment;
    }

    /** Has a task subscribe to {@code source}; its strings are in the TCK's hand from then on. */
    abstract SubscriberPuppet start(
            Publisher<Integer> source, WhiteboxSubscriberProbe<Integer> probe);

    /** What the TCK signals to: the subscriber that the task has made, and its probe. */
    abstract Subscriber<Integer> probed(
            Subscriber<Integer> real, WhiteboxSubscriberProbe<Integer> probe);

    @Override
    public Subscriber<Integer> createSubscriber(WhiteboxSubscriberProbe<Integer> probe) {
        CompletableFuture<Subscriber<Integer>> made = new CompletableFuture<>();
        SubscriberPuppet puppet =
                start(subscriber -> made.complete(BlackboxVerification.narrow(subscriber)), probe);
        Subscriber<Integer> probed = probed(made.join(), probe);
        return new Passing(probed) {
            @Override
            public void onSubscribe(Subscription s) {
                super.onSubscribe(s);
                probe.registerOnSubscribe(puppet);
            }
        };
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    /** Passes everything on. */
    static class Passing implements Subscriber<Integer> {

        private final Subscriber<Integer> real;

        Passing(Subscriber<Integer> real) {
            this.real = real;
        }

        @Override
        public void onSubscribe(Subscription s) {
            real.onSubscribe(s);
        }

        @Override
        public void onNext(Integer element) {
            real.onNext(element);
        }

        @Override
        public void onError(Throwable error) {
            real.onError(error);
        }

        @Override
        public void onComplete() {
            real.onComplete();
        }
    }
}
