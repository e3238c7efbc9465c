package asyncio4j.tck;

import org.reactivestreams.Processor;
import org.testng.annotations.Test;

/** A generator that goes through a Flux and yields it, for one subscriber. */
@Verified("generator over iterate, one subscriber")
@Test
public class GeneratorProcessorTest extends ProcessorVerification {

    @Override
    public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
        return GeneratorProcessor.unicast(running().loop, bufferSize);
    }

    @Override
    public long maxSupportedSubscribers() {
        return 1;
    }
}
