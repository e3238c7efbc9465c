package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import reactor.core.Scannable;

/**
 * A publisher that was awaited broke the Reactive Streams protocol. The message names the rule, the
 * publisher's class and what it did; the await ends with this, and the subscription is cancelled.
 *
 * <p>If it happens so late that the await has ended already, this goes to {@link
 * reactor.core.publisher.Operators#onErrorDropped} instead.
 */
public final class ProtocolViolationException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** The number of the rule. */
    private final String rule;

    ProtocolViolationException(
            String rule, Publisher<?> publisher, String what, @Nullable Throwable cause) {
        super(
                describe(publisher)
                        + " broke rule "
                        + rule
                        + " of Reactive Streams: "
                        + what
                        + "; it is the publisher that has to be mended",
                cause);
        this.rule = rule;
    }

    /**
     * Which rule was broken.
     *
     * @return its number in the specification, such as {@code "1.9"}
     */
    public String rule() {
        return rule;
    }

    /**
     * The class of a publisher; of operators also the class of what they start from, as that is the
     * likely culprit.
     */
    private static String describe(Publisher<?> publisher) {
        Object origin = publisher;
        while (origin instanceof Scannable scannable) {
            Object parent = scannable.scanUnsafe(Scannable.Attr.PARENT);
            if (parent == null) {
                break;
            }
            origin = parent;
        }
        String name = publisher.getClass().getName();
        return origin == publisher ? name : name + " over " + origin.getClass().getName();
    }
}
