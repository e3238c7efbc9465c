package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * A pipeline that is open at a {@link LoopScheduler}, as far as schedulers know any: an operator
 * has handed in itself as work, and is a Subscription.
 */
interface Handed {

    /** The operator; null if nothing has to be ended any more. Any thread. */
    @Nullable Subscription operator();

    /** Whether the loop is about to do something for it. Any thread. */
    boolean isDue();

    /** Takes back the operator's work that waits; false if none did. Any thread. */
    boolean takeBack();

    /** It is ended: there is no operator any more. Any thread. */
    void forget();

    /**
     * Refuses what the operator hands in from now on. When it has cancelled its source for that,
     * what it goes on to do is to be cleaned up {@linkplain Subscriptions#cleanUpBriefly briefly}.
     */
    void refuse();
}
