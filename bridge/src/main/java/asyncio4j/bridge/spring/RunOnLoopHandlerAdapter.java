package asyncio4j.bridge.spring;

import asyncio4j.AsyncFuture;
import asyncio4j.EventLoop;
import asyncio4j.bridge.Bridge;
import asyncio4j.bridge.LoopScheduler;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.validation.method.MethodValidator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.HandlerMethodValidator;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.InvocableHandlerMethod;
import org.springframework.web.reactive.result.method.annotation.ModelAttributeMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestParamMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.ContextView;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Calls the controllers' methods that {@link RunOnLoop} is for, each in a task. WebFlux's own
 * adapter does everything up to the call, see {@link SetUpMethod}; the call is WebFlux's, too, on a
 * {@link LoopInvocation} where there would be the scheduler for methods that block.
 */
final class RunOnLoopHandlerAdapter implements HandlerAdapter, Ordered, SmartInitializingSingleton {

    private static final boolean VALIDATION_PRESENT =
            ClassUtils.isPresent(
                    "jakarta.validation.Validator", RunOnLoopHandlerAdapter.class.getClassLoader());

    /** WebFlux's own; looked for when it is needed, as WebFlux may be there and not be used. */
    private final SingletonSupplier<RequestMappingHandlerAdapter> adapter;

    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    private final AsyncioLoops loops;

    private final BeanFactory beans;

    /** By method, also for those that don't run on a loop. */
    private final Map<Method, Plan> plans = new ConcurrentHashMap<>();

    /** What validates arguments, and whose resolvers it goes by; made at the first request. */
    private volatile @Nullable Validation validation;

    RunOnLoopHandlerAdapter(
            ObjectProvider<RequestMappingHandlerMapping> mappings,
            AsyncioLoops loops,
            BeanFactory beans) {
        this.adapter =
                SingletonSupplier.of(() ->
                        beans.getBean(
                                "requestMappingHandlerAdapter",
                                RequestMappingHandlerAdapter.class));
        this.mappings = mappings;
        this.loops = loops;
        this.beans = beans;
    }

    private record Validation(@Nullable MethodValidator validator) {}

    /** How to call a method. Any thread. */
    private static final class Plan {

        /** Whether in a task at all. */
        final boolean onLoop;

        /** The bean that says on which loop; null for the request's own. */
        final @Nullable Object bean;

        /** Whether its arguments, too, have to be made on the loop. */
        final boolean argumentsToo;

        /** That of the last request: the same again, unless the controller isn't a singleton. */
        private volatile @Nullable SetUpMethod setUp;

        Plan(boolean onLoop, @Nullable Object bean, boolean argumentsToo) {
            this.onLoop = onLoop;
            this.bean = bean;
            this.argumentsToo = argumentsToo;
        }

        SetUpMethod setUp(HandlerMethod real) {
            SetUpMethod present = setUp;
            if (present == null || present.real() != real) {
                present = new SetUpMethod(real);
                setUp = present;
            }
            return present;
        }
    }

    /** Before WebFlux's own. */
    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof HandlerMethod method && plan(method).onLoop;
    }

    /** Finds what is wrong with the annotations while the application starts. */
    @Override
    public void afterSingletonsInstantiated() {
        for (RequestMappingHandlerMapping mapping : mappings) {
            mapping.getHandlerMethods().values().forEach(this::plan);
        }
    }

    private Plan plan(HandlerMethod method) {
        return plans.computeIfAbsent(method.getMethod(), _ -> newPlan(method));
    }

    private Plan newPlan(HandlerMethod method) {
        RunOnLoop annotation = method.getMethodAnnotation(RunOnLoop.class);
        if (annotation == null) {
            annotation =
                    AnnotatedElementUtils.findMergedAnnotation(
                            method.getBeanType(), RunOnLoop.class);
        }
        boolean argumentsToo = false;
        for (MethodParameter parameter : method.getMethodParameters()) {
            argumentsToo |= hasFuture(ResolvableType.forMethodParameter(parameter));
        }
        boolean onLoop =
                annotation != null
                        || argumentsToo
                        || hasFuture(ResolvableType.forMethodParameter(method.getReturnType()));
        String name = annotation == null ? "" : annotation.value();
        return new Plan(onLoop, name.isEmpty() ? null : loopBean(name, method), argumentsToo);
    }

    /** Whether it is a future of a loop, or an entity that holds one. */
    private static boolean hasFuture(ResolvableType type) {
        if (AsyncFuture.class.isAssignableFrom(type.toClass())) {
            return true;
        }
        for (ResolvableType each : type.getGenerics()) {
            if (AsyncFuture.class.isAssignableFrom(each.toClass())) {
                return true;
            }
        }
        return false;
    }

    private Object loopBean(String name, HandlerMethod method) {
        if (!beans.containsBean(name)) {
            throw new IllegalStateException(
                    "@RunOnLoop(\""
                            + name
                            + "\") on "
                            + method
                            + ": there is no bean of that name");
        }
        Object bean = beans.getBean(name);
        if (!(bean instanceof EventLoop) && !(bean instanceof AsyncioLoops)) {
            throw new IllegalStateException(
                    "@RunOnLoop(\""
                            + name
                            + "\") on "
                            + method
                            + ": that bean is neither an EventLoop nor AsyncioLoops, but a "
                            + bean.getClass().getName());
        }
        return bean;
    }

    private EventLoop loop(Plan plan, ContextView subscriber) {
        return switch (plan.bean) {
            case null -> AsyncioLoops.loopFor(subscriber, () -> loops);
            case AsyncioLoops own -> own.pick();
            case Object loop -> running((EventLoop) loop);
        };
    }

    private static EventLoop running(EventLoop loop) {
        if (!loop.isRunning()) {
            throw new IllegalStateException(
                    "@RunOnLoop: " + loop + " doesn't run: start it before the web server");
        }
        return loop;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        HandlerMethod method = (HandlerMethod) handler;
        return Mono.create(sink -> handle(exchange, method, sink));
    }

    private void handle(
            ServerWebExchange exchange, HandlerMethod method, MonoSink<HandlerResult> sink) {
        Plan plan = plan(method);
        EventLoop loop = loop(plan, sink.contextView());
        LoopInvocation invocation = new LoopInvocation(loop, sink);
        Mono<HandlerResult> called =
                adapter.obtain()
                        .handle(exchange, plan.setUp(method))
                        .flatMap(setUp ->
                                setUp.getHandler() instanceof InvocableHandlerMethod own
                                                && own.getMethod().equals(SetUpMethod.METHOD)
                                        ? call(exchange, method, setUp, own, invocation)
                                        : Mono.just(setUp)); // of an @ExceptionHandler
        invocation.follow(
                plan.argumentsToo
                        ? Bridge.untilClosed(loop, called.subscribeOn(LoopScheduler.of(loop)))
                        : called);
    }

    private Mono<HandlerResult> call(
            ServerWebExchange exchange,
            HandlerMethod method,
            HandlerResult setUp,
            InvocableHandlerMethod own,
            LoopInvocation invocation) {
        List<HandlerMethodArgumentResolver> resolvers = own.getResolvers();
        InvocableHandlerMethod call = new InvocableHandlerMethod(method);
        call.setArgumentResolvers(resolvers);
        ReactiveAdapterRegistry registry = adapter.obtain().getReactiveAdapterRegistry();
        if (registry != null) {
            call.setReactiveAdapterRegistry(registry);
        }
        call.setMethodValidator(validator(resolvers));
        call.setInvocationScheduler(invocation);
        DispatchExceptionHandler handler = setUp.getExceptionHandler();
        return call.invoke(exchange, setUp.getBindingContext())
                .doOnNext(result -> {
                    if (handler != null) {
                        result.setExceptionHandler(handler);
                    }
                })
                .onErrorResume(error -> invocation.recover(error, exchange, handler));
    }

    private @Nullable MethodValidator validator(List<HandlerMethodArgumentResolver> resolvers) {
        Validation present = validation;
        if (present == null) {
            present =
                    new Validation(
                            VALIDATION_PRESENT
                                    ? HandlerMethodValidator.from(
                                            adapter.obtain().getWebBindingInitializer(),
                                            null,
                                            resolvedBy(
                                                    resolvers,
                                                    ModelAttributeMethodArgumentResolver.class),
                                            resolvedBy(
                                                    resolvers,
                                                    RequestParamMethodArgumentResolver.class))
                                    : null);
            validation = present;
        }
        return present.validator();
    }

    private static Predicate<MethodParameter> resolvedBy(
            List<HandlerMethodArgumentResolver> resolvers, Class<?> type) {
        return parameter -> {
            for (HandlerMethodArgumentResolver resolver : resolvers) {
                if (resolver.supportsParameter(parameter)) {
                    return type.isInstance(resolver);
                }
            }
            return false;
        };
    }
}
