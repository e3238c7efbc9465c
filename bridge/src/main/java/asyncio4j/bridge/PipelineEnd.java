package asyncio4j.bridge;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Operators;

import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * Ends a pipeline that waits for a scheduler whose loop is about to be closed, by the operator that
 * the scheduler knows: its source is cancelled, and its subscriber is told.
 *
 * <p>A subscriber may be told only while nobody else can be telling it something. Who can is known
 * for Reactor's own operators, which go by their names here; any other is cancelled, and its error
 * goes to Reactor's hook for dropped errors.
 */
final class PipelineEnd {

    private static final String REACTORS = "reactor.core.publisher.";

    private static final String TAKE = REACTORS + "FluxTakeUntilOther$TakeUntilOtherSubscriber";

    /** Who signals to an operator's subscriber. */
    private enum Kind {
        /**
         * The loop, in the operator's work, or else whoever finds that the scheduler refuses it:
         * the operator has a count that lets one of them through. So it is made to hand in itself
         * once more, and is refused: if nobody else is at it, it fails its subscriber and cancels
         * its source by itself.
         */
        DRAINING,

        /** The loop alone, in work that won't begin: it can't be amid that, which never awaits. */
        WORKING,

        /** Whoever its source signals on; the loop has only subscribed to that. */
        PASSING,

        /** Its work alone, which does nothing but end it. */
        ENDING,

        UNKNOWN;

        static Kind of(Subscription operator) {
            String name = operator.getClass().getName();
            if (!name.startsWith(REACTORS)) {
                return UNKNOWN;
            }
            return switch (name.substring(REACTORS.length())) {
                case "FluxPublishOn$PublishOnSubscriber",
                        "FluxPublishOn$PublishOnConditionalSubscriber" ->
                        DRAINING;
                case "FluxInterval$IntervalRunnable",
                        "FluxSubscribeOnCallable$CallableSubscribeOnSubscription",
                        "FluxSubscribeOnValue$ScheduledScalar",
                        "MonoDelay$MonoDelayRunnable",
                        "MonoDelayElement$DelayElementSubscriber",
                        "MonoPublishOn$PublishOnSubscriber" ->
                        WORKING;
                case "FluxSubscribeOn$SubscribeOnSubscriber",
                        "MonoSubscribeOn$SubscribeOnSubscriber" ->
                        PASSING;
                case "FluxCancelOn$CancelSubscriber", "FluxSubscribeOnValue$ScheduledEmpty" ->
                        ENDING;
                default -> UNKNOWN;
            };
        }
    }

    private final Handed handed;

    private final Subscription operator;

    private final Kind kind;

    private final Subscriptions registry;

    private PipelineEnd(Handed handed, Subscription operator, Subscriptions registry) {
        this.handed = handed;
        this.operator = operator;
        this.kind = Kind.of(operator);
        this.registry = registry;
    }

    /** The end of what {@code handed} belongs to; null if it has ended, or is cancelled. */
    static @Nullable PipelineEnd of(Handed handed, Subscriptions registry) {
        Subscription operator = handed.operator();
        if (operator == null) {
            return null;
        }
        PipelineEnd end = new PipelineEnd(handed, operator, registry);
        return end.isOpen() ? end : null;
    }

    /** Whether it hasn't ended, and isn't cancelled. Any thread. */
    boolean isOpen() {
        return handed.operator() != null
                && (kind == Kind.ENDING || !Boolean.TRUE.equals(scan(Attr.CANCELLED)));
    }

    private @Nullable Object scan(Attr<?> key) {
        return operator instanceof Scannable scannable ? scannable.scanUnsafe(key) : null;
    }

    /**
     * Whether it comes after others: one of these may be its source, and tell it, or its
     * subscriber, and cancel it.
     */
    boolean comesLate() {
        return kind == Kind.PASSING || kind == Kind.UNKNOWN;
    }

    /**
     * Ends it. The loop's thread, or the one that closes the loop.
     *
     * @param last whether the loop does nothing for it any more; else what it has handed in may
     *     still be done
     */
    void run(boolean last) {
        switch (kind) {
            case DRAINING -> endDraining(last);
            case WORKING -> cancel(true);
            case PASSING -> cancel(handed.takeBack() || isQuiet()); // never subscribed to, or quiet
            case ENDING -> {
                if (handed.takeBack()) {
                    registry.cleanUp((Runnable) operator);
                }
            }
            case UNKNOWN -> cancel(false);
        }
    }

    /**
     * Cancels the whole pipeline, from below: all that comes after the operator as well, and so
     * what would start it anew.
     */
    void cancelWhole() {
        handed.takeBack();
        handed.forget();
        Subscription lowest = operator;
        for (Object below = operator; below instanceof Scannable scannable; ) {
            below = scannable.scanUnsafe(Attr.ACTUAL);
            if (below instanceof Subscription subscription) {
                lowest = subscription;
            }
        }
        registry.cleanUp(lowest::cancel);
    }

    /** Cancels it, and tells its subscriber, or not. */
    private void cancel(boolean telling) {
        handed.takeBack();
        handed.forget();
        try {
            registry.cleanUp(operator::cancel);
        } finally {
            if (telling) {
                tell();
            } else {
                drop();
            }
        }
    }

    private void endDraining(boolean last) {
        if (last && handed.takeBack()) {
            cancel(true);
            ((Queue<?>) operator).clear(); // that was for its work to do
            return;
        }
        handed.refuse();
        registry.cleanUp(() -> operator.request(1)); // cancels its source, then tells; see refuse
    }

    /**
     * Whether only the loop can be signalling to the subscriber: all that is above says that it
     * signals where it is asked to, up to a source, or something that signals on the loop.
     */
    private boolean isQuiet() {
        Object above = scan(Attr.PARENT);
        while (above != Operators.emptySubscription()) { // that of a source that never speaks
            if (!(above instanceof Scannable scannable)
                    || scannable.scanUnsafe(Attr.RUN_STYLE) != Attr.RunStyle.SYNC
                    || scannable.inners().findAny().isPresent()) {
                return above instanceof Subscription subscription && speaksOnTheLoop(subscription);
            }
            Object next = scannable.scanUnsafe(Attr.PARENT);
            if (next == null) {
                return true;
            }
            above = next;
        }
        return true;
    }

    private boolean speaksOnTheLoop(Subscription above) {
        Kind its = Kind.of(above);
        return (its == Kind.DRAINING || its == Kind.WORKING)
                && ((Scannable) above).scanUnsafe(Attr.RUN_ON) instanceof LoopWorker worker
                && worker.scheduler().loop() == registry.loop();
    }

    private void tell() {
        if (scan(Attr.ACTUAL) instanceof CoreSubscriber<?> subscriber) {
            cancelBeside(subscriber);
            registry.cleanUpBriefly(() ->
                    subscriber.onError(
                            Operators.onRejectedExecution(closed(), subscriber.currentContext())));
        }
    }

    /**
     * {@code take(Duration)}, alone of those that wait for a time beside their source, doesn't
     * cancel that when the wait fails.
     */
    private void cancelBeside(CoreSubscriber<?> subscriber) {
        if (subscriber.getClass().getName().equals(TAKE)
                && subscriber instanceof Scannable beside
                && beside.scanUnsafe(Attr.ACTUAL) instanceof Subscription taking) {
            registry.cleanUp(taking::cancel);
        }
    }

    private void drop() {
        if (scan(Attr.ACTUAL) instanceof CoreSubscriber<?> subscriber) {
            Operators.onErrorDropped(closed(), subscriber.currentContext());
        }
    }

    private static RejectedExecutionException closed() {
        return LoopScheduler.closed();
    }
}
