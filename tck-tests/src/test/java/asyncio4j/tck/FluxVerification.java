package asyncio4j.tck;

import asyncio4j.Asyncio;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** All rules of the TCK for a publisher of any number of elements, on a loop that runs. */
public abstract class FluxVerification extends PublisherVerification<Integer> {

    private RunningLoop running;

    /** With the times of all verifications. */
    protected FluxVerification() {
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
    }

    RunningLoop running() {
        return running;
    }

    /** What is verified, with so many elements. */
    abstract Publisher<Integer> publisher(long elements);

    /** One whose loop is closed: a body fails only once it has begun, with the first demand. */
    Publisher<Integer> failedPublisher() {
        EventLoop closed = Asyncio.newEventLoop();
        closed.close();
        return Bridge.flux(closed, g -> g.yield(0));
    }

    @Override
    public Publisher<Integer> createPublisher(long elements) {
        return Bare.of(publisher(elements));
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        return Bare.of(failedPublisher());
    }
}
