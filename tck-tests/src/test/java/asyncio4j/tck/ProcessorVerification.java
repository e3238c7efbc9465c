package asyncio4j.tck;

import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** All rules of the TCK for a Processor that has a generator in it. */
public abstract class ProcessorVerification extends IdentityProcessorVerification<Integer> {

    private final ExecutorService publishers = Executors.newFixedThreadPool(4);

    private RunningLoop running;

    /** With the times of all verifications. */
    protected ProcessorVerification() {
        super(Environment.create(), Environment.FORGETTING);
    }

    /** Starts the loop. */
    @BeforeClass
    public void start() {
        running = new RunningLoop();
    }

    /** Ends the loop. */
    @AfterClass
    public void stop() {
        running.close();
        publishers.close();
    }

    RunningLoop running() {
        return running;
    }

    /** One whose upstream has failed. */
    @Override
    public Publisher<Integer> createFailedPublisher() {
        Processor<Integer, Integer> processor = createIdentityProcessor(1);
        processor.onSubscribe(
                new Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {}
                });
        processor.onError(new IllegalStateException("failed, as it should"));
        return processor;
    }

    @Override
    public ExecutorService publisherExecutorService() {
        return publishers;
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
