package asyncio4j.tck;

import org.testng.annotations.Test;

/** {@code iterate(publisher, 1)}, with a probe. */
@Verified("iterate(publisher, 1)")
@Test
public class IterateOneByOneWhiteboxTest extends IterateWhiteboxVerification {

    /** Each element is requested when it is asked for. */
    public IterateOneByOneWhiteboxTest() {
        super(1);
    }
}
