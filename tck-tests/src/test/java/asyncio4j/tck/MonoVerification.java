package asyncio4j.tck;

import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;

import java.lang.reflect.Method;
import java.util.Set;

/**
 * All rules of the TCK for a publisher of one element, on a loop that runs.
 *
 * <p>The TCK asks for more than one element where its check needs more, and in some checks that
 * don't: those are run with one. {@link PublisherRulesTest} shows with one element what the others
 * are about.
 */
public abstract class MonoVerification extends PublisherVerification<Integer>
        implements OneElement {

    /** Checks that never look at a second element. */
    private static final Set<String> ONE_WILL_DO =
            Set.of(
                    "stochastic_spec103_mustSignalOnMethodsSequentially",
                    "required_spec302_mustAllowSynchronousRequestCallsFromOnNextAndOnSubscribe",
                    "required_spec306_afterSubscriptionIsCancelledRequestMustBeNops",
                    "required_spec309_requestZeroMustSignalIllegalArgumentException",
                    "required_spec309_requestNegativeNumberMustSignalIllegalArgumentException",
                    "optional_spec309_requestNegativeNumberMaySignalIllegalArgumentExceptionWithSpecificMessage",
                    "required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber");

    private RunningLoop running;

    /** The check that is under way. */
    private String check = "";

    /** With the times of all verifications. */
    protected MonoVerification() {
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

    /** Notes which check begins. */
    @BeforeMethod
    public void begin(Method method) {
        check = method.getName();
    }

    RunningLoop running() {
        return running;
    }

    @Override
    public boolean isRunWithOne(String check) {
        return ONE_WILL_DO.contains(check);
    }

    /** What is verified, with so many elements. */
    abstract Publisher<Integer> publisher(long elements);

    /** One that has failed. */
    abstract Publisher<Integer> failedPublisher();

    @Override
    public long maxElementsFromPublisher() {
        return 1;
    }

    @Override
    public void activePublisherTest(
            long elements, boolean completionSignalRequired, PublisherTestRun<Integer> body)
            throws Throwable {
        super.activePublisherTest(enough(elements), completionSignalRequired, body);
    }

    @Override
    public void optionalActivePublisherTest(
            long elements, boolean completionSignalRequired, PublisherTestRun<Integer> body)
            throws Throwable {
        super.optionalActivePublisherTest(enough(elements), completionSignalRequired, body);
    }

    private long enough(long elements) {
        return isRunWithOne(check) ? Math.min(elements, 1) : elements;
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
