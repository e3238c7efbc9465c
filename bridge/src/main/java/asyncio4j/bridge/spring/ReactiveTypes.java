package asyncio4j.bridge.spring;

import asyncio4j.AsyncFuture;
import asyncio4j.AsyncGenerator;
import asyncio4j.AsyncIterable;
import asyncio4j.AsyncIterator;
import asyncio4j.Asyncio;
import asyncio4j.Coroutine;
import asyncio4j.EventLoop;
import asyncio4j.Task;
import asyncio4j.VoidCoroutine;
import asyncio4j.bridge.Bridge;
import asyncio4j.bridge.FluxIterator;
import asyncio4j.internal.access.LoopAccess;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ReactiveTypeDescriptor;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How {@code Coroutine}, {@code Task}, {@code AsyncGenerator} and their like become publishers for
 * Spring, and the other way round. Nothing runs before it is subscribed to or awaited; what runs
 * then sees the subscriber's Reactor Context, or hands the task's on.
 */
final class ReactiveTypes {

    private static final LoopAccess ACCESS = LoopAccess.get();

    /** The shared registry knows the types. Guarded by the class. */
    private static boolean shared;

    private final Place place;

    /**
     * For a registry.
     *
     * @param loops where to run what is subscribed to where there is no loop yet
     */
    ReactiveTypes(Supplier<AsyncioLoops> loops) {
        place = Place.unlessOwn(loops);
    }

    /** Makes the types known to the registry that the JVM shares. Once. */
    static synchronized void registerShared() {
        if (!shared) {
            new ReactiveTypes(AsyncioLoops::latest)
                    .register(ReactiveAdapterRegistry.getSharedInstance());
            shared = true;
        }
    }

    /** Makes the types known to {@code registry}. */
    void register(ReactiveAdapterRegistry registry) {
        add(
                registry,
                ReactiveTypeDescriptor.singleOptionalValue(Coroutine.class, () -> NOTHING),
                source -> monoOf((Coroutine<?>) source),
                ReactiveTypes::coroutineOf);
        add(
                registry,
                ReactiveTypeDescriptor.noValue(VoidCoroutine.class, () -> (VoidCoroutine) () -> {}),
                source -> monoOf(Coroutine.of((VoidCoroutine) source)),
                source -> {
                    Coroutine<?> coroutine = coroutineOf(source);
                    return (VoidCoroutine) () -> Asyncio.await(coroutine);
                });
        for (Class<?> type : new Class<?>[] {Task.class, AsyncFuture.class}) {
            add(
                    registry,
                    ReactiveTypeDescriptor.nonDeferredAsyncValue(
                            type, () -> taskOf(Mono.empty(), type)),
                    source -> Bridge.toMono((AsyncFuture<?>) source),
                    source -> taskOf(source, type));
        }
        add(
                registry,
                ReactiveTypeDescriptor.multiValue(
                        AsyncGenerator.class, () -> AsyncGenerator.of(_ -> {})),
                source -> fluxOf((AsyncGenerator<?>) source),
                ReactiveTypes::generatorOf);
        for (Class<?> type : new Class<?>[] {AsyncIterator.class, AsyncIterable.class}) {
            add(
                    registry,
                    ReactiveTypeDescriptor.multiValue(type, () -> AsyncGenerator.of(_ -> {})),
                    source -> fluxOf((AsyncIterable<?>) source),
                    ReactiveTypes::generatorOf);
        }
    }

    private static void add(
            ReactiveAdapterRegistry registry,
            ReactiveTypeDescriptor descriptor,
            Function<Object, Publisher<?>> to,
            Function<Publisher<?>, Object> from) {
        registry.registerReactiveTypeOverride(descriptor, to, from);
    }

    private static final Coroutine<@Nullable Object> NOTHING = () -> null;

    // To publishers

    private <T extends @Nullable Object> Mono<?> monoOf(Coroutine<T> coroutine) {
        return place.mono(coroutine);
    }

    private <T> Flux<T> fluxOf(AsyncIterable<T> iterable) {
        AsyncGenerator.Body<T> body = g -> g.yieldAll(iterable);
        Flux<T> flux =
                iterable instanceof AsyncGenerator<T> generator
                        ? place.flux(generator)
                        : place.flux(body);
        return RequestScope.bound(flux);
    }

    // From publishers

    private static Coroutine<?> coroutineOf(Publisher<?> publisher) {
        return new MonoCoroutine<>(single(publisher));
    }

    private static Task<?> taskOf(Publisher<?> publisher, Class<?> type) {
        EventLoop running = ACCESS.runningLoop();
        if (running == null) {
            throw new IllegalStateException(
                    "a "
                            + type.getSimpleName()
                            + " belongs to the event loop on which it is made, and no loop runs"
                            + " this thread, "
                            + Thread.currentThread().getName()
                            + ": declare a Coroutine instead, which runs where it is awaited, or"
                            + " call this from a coroutine");
        }
        return Bridge.toTask(single(publisher));
    }

    private static AsyncGenerator<?> generatorOf(Publisher<?> publisher) {
        return generate(publisher);
    }

    private static <T> AsyncGenerator<T> generate(Publisher<T> publisher) {
        return AsyncGenerator.of(g -> {
            try (FluxIterator<T> items = Bridge.iterate(publisher)) {
                for (T item : items) {
                    g.yield(item);
                }
            }
        });
    }

    /**
     * At most one element. A Mono made of another publisher by {@code Mono.from} would cancel that
     * after the element, where {@code @Transactional} rolls back.
     */
    private static Mono<?> single(Publisher<?> publisher) {
        return publisher instanceof Mono<?> mono ? mono : Flux.from(publisher).singleOrEmpty();
    }
}
