package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** All rules of the TCK for a publisher of any number of elements, on a loop that runs. */
public abstract class FluxVerification extends PublisherVerification<Integer> {

    private RunningLoop running;

    /** With the time that the TCK waits for what must, and for what must not happen. */
    protected FluxVerification() {
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

    /** One whose loop is closed: a body fails only once it has begun, with the first demand. */
    @Override
    public Publisher<Integer> createFailedPublisher() {
        EventLoop closed = Asyncio.newEventLoop();
        closed.close();
        return Bridge.flux(closed, g -> g.yield(0));
    }
}
