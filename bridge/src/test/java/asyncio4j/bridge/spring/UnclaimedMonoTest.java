package asyncio4j.bridge.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;
import reactor.util.retry.Retry;

import java.util.ArrayList;
import java.util.List;

/** What becomes of a connection when nobody wants it any more. */
class UnclaimedMonoTest {

    private final Disposable connection = Disposables.single();

    /** Signals after it is cancelled, as one may who has begun to. */
    private final TestPublisher<Disposable> late =
            TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);

    /** What the subscriber was told. */
    private final List<Object> told = new ArrayList<>();

    private Mono<Disposable> guarded(Mono<Disposable> source) {
        return HttpConnections.closeIfCancelled(source);
    }

    /** Notes the signals, and runs {@code inOnNext} in the middle of one. */
    private BaseSubscriber<Disposable> subscriber(Runnable inOnNext) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnNext(Disposable value) {
                told.add(value);
                inOnNext.run();
            }

            @Override
            protected void hookOnComplete() {
                told.add("complete");
            }

            @Override
            protected void hookOnError(Throwable error) {
                told.add(error);
            }
        };
    }

    private static void onAnotherThread(Runnable action) {
        Thread thread = Thread.ofPlatform().start(action);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void passesOnWhatComes() {
        StepVerifier.create(guarded(Mono.just(connection))).expectNext(connection).verifyComplete();
        assertThat(connection.isDisposed()).isFalse();
        StepVerifier.create(guarded(Mono.empty())).verifyComplete();
        StepVerifier.create(guarded(Mono.error(new IllegalStateException("refused"))))
                .verifyErrorMessage("refused");
    }

    @Test
    void thePipelineBeforeItSeesTheContext() {
        Mono<Disposable> source =
                Mono.deferContextual(context -> Mono.just(context.<Disposable>get("connection")));
        StepVerifier.create(guarded(source).contextWrite(c -> c.put("connection", connection)))
                .expectNext(connection)
                .verifyComplete();
    }

    @Test
    void whatComesAfterACancellationIsDisposedOf() {
        BaseSubscriber<Disposable> subscriber = subscriber(() -> {});
        guarded(late.mono()).subscribe(subscriber);
        onAnotherThread(subscriber::cancel);
        late.assertCancelled();
        late.next(connection);
        late.complete();
        assertThat(connection.isDisposed()).isTrue();
        assertThat(told).isEmpty();
    }

    /** Reactor Netty tries again, by this operator, which discards what comes too late. */
    @Test
    void whatIsDiscardedOnItsWayAfterACancellationIsDisposedOf() {
        List<Object> discarded = new ArrayList<>();
        BaseSubscriber<Disposable> subscriber = subscriber(() -> {});
        guarded(late.mono().retryWhen(Retry.indefinitely()))
                .doOnDiscard(Disposable.class, discarded::add)
                .subscribe(subscriber);
        onAnotherThread(subscriber::cancel);
        late.next(connection);
        assertThat(connection.isDisposed()).isTrue();
        assertThat(discarded).containsExactly(connection);
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsDiscardedWithoutACancellationIsNot() {
        StepVerifier.create(guarded(Mono.just(connection).filter(_ -> false))).verifyComplete();
        assertThat(connection.isDisposed()).isFalse();
    }

    @Test
    void whatIsCancelledByAnotherThreadInOnNextIsDisposedOf() {
        List<BaseSubscriber<Disposable>> self = new ArrayList<>();
        self.add(
                subscriber(() -> {
                    onAnotherThread(self.getFirst()::cancel);
                    assertThat(connection.isDisposed()).isFalse(); // it is still being handed on
                }));
        guarded(late.mono()).subscribe(self.getFirst());
        late.next(connection);
        assertThat(connection.isDisposed()).isTrue();
        assertThat(told).containsExactly(connection);
    }

    @Test
    void itIsDisposedOfIfOnNextThrowsToo() {
        guarded(late.mono())
                .subscribe(
                        new CoreSubscriber<Disposable>() {
                            private @Nullable Subscription subscription;

                            @Override
                            public void onSubscribe(Subscription s) {
                                subscription = s;
                                s.request(1);
                            }

                            @Override
                            public void onNext(Disposable value) {
                                onAnotherThread(subscription::cancel);
                                throw new IllegalStateException("on purpose");
                            }

                            @Override
                            public void onError(Throwable error) {}

                            @Override
                            public void onComplete() {}
                        });
        assertThatThrownBy(() -> late.next(connection)).hasMessage("on purpose");
        assertThat(connection.isDisposed()).isTrue();
    }

    @Test
    void whoTakesTheFirstAndNoMoreKeepsIt() {
        PublisherProbe<Disposable> probe = PublisherProbe.of(late.flux());
        StepVerifier.create(Flux.from(guarded(Mono.fromDirect(probe.flux()))).next())
                .then(() -> late.next(connection))
                .expectNext(connection)
                .verifyComplete();
        probe.assertWasCancelled();
        assertThat(connection.isDisposed()).isFalse();
    }

    @Test
    void aCancellationAfterItLeavesIt() {
        BaseSubscriber<Disposable> subscriber = subscriber(() -> {});
        guarded(late.mono()).subscribe(subscriber);
        late.next(connection);
        onAnotherThread(subscriber::cancel);
        assertThat(connection.isDisposed()).isFalse();
    }

    @Test
    void aCancellationBeforeItReachesTheSource() {
        PublisherProbe<Disposable> probe = PublisherProbe.of(Mono.never());
        guarded(probe.mono()).subscribe().dispose();
        probe.assertWasCancelled();
    }

    @Test
    void saysWhereItComesFrom() {
        Mono<Disposable> source = Mono.just(connection);
        assertThat(Scannable.from(guarded(source)).scan(Scannable.Attr.PARENT)).isSameAs(source);
    }

    @Test
    void aMissingMonoIsRefused() {
        assertThatThrownBy(() -> HttpConnections.closeIfCancelled(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the Mono is null");
    }
}
