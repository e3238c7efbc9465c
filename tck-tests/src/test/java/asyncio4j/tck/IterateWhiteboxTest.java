package asyncio4j.tck;

import org.testng.annotations.Test;

import reactor.util.concurrent.Queues;

/** {@code iterate(publisher)}, with a probe. */
@Verified("iterate(publisher)")
@Test
public class IterateWhiteboxTest extends IterateWhiteboxVerification {

    /** With the usual prefetch. */
    public IterateWhiteboxTest() {
        super(Queues.SMALL_BUFFER_SIZE);
    }
}
