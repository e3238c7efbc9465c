package asyncio4j.tck;

import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.Test;

/** A generator that goes through a Flux and yields it, for several subscribers. */
@Verified("generator over iterate, several subscribers")
@Test
public class MulticastGeneratorProcessorTest extends ProcessorVerification {

    @Override
    public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
        return GeneratorProcessor.multicast(running().loop, bufferSize);
    }

    /** One that has what its first subscriber gets, so that the next ones always come too late. */
    @Override
    public Publisher<Integer> createPublisher(long elements) {
        GeneratorProcessor processor = (GeneratorProcessor) super.createPublisher(elements);
        processor.awaitArrivals((int) Math.min(elements, TestEnvironment.TEST_BUFFER_SIZE));
        return processor;
    }

    /**
     * A subscriber that asks for nothing holds the others up as soon as its buffer is full, and an
     * error comes to it after the elements in there.
     */
    @Override
    public boolean doesCoordinatedEmission() {
        return true;
    }
}
