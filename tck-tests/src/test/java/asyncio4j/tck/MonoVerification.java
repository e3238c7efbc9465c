package asyncio4j.tck;

import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** All rules of the TCK for a publisher of one element, on a loop that runs. */
public abstract class MonoVerification extends PublisherVerification<Integer> {

    private RunningLoop running;

    /** With the time that the TCK waits for what must, and for what must not happen. */
    protected MonoVerification() {
        super(new TestEnvironment(2_000, 100));
    }

    /** Starts the loop. */
    @BeforeClass
    public void start() {
        running = new RunningLoop();
    }

    /** Ends the loop. */
    @AfterClass
    public void stop() throws InterruptedException {
        running.close();
    }

    RunningLoop running() {
        return running;
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1;
    }
}
