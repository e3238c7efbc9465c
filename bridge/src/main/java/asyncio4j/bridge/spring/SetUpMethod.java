package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

import reactor.core.publisher.Mono;

import java.lang.reflect.Method;

/**
 * Stands in for a controller's method, so that WebFlux does all for it but the call: finds the
 * {@code @InitBinder} and {@code @ExceptionHandler} methods, fills the model, and answers a result
 * that holds the binding context, the argument resolvers and the exception handler.
 *
 * <p>To WebFlux it looks like the method it stands in for; what is called is a static method of
 * this class that does nothing.
 */
final class SetUpMethod extends HandlerMethod {

    private static final Mono<Object> NOTHING = Mono.empty();

    static final Method METHOD;

    static {
        try {
            METHOD = SetUpMethod.class.getDeclaredMethod("nothing");
        } catch (NoSuchMethodException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HandlerMethod real;

    SetUpMethod(HandlerMethod real) {
        super(NOTHING, METHOD);
        this.real = real;
    }

    /** What this stands in for. */
    HandlerMethod real() {
        return real;
    }

    /** A reactive type, so that it isn't taken for a method that blocks. */
    static Mono<Object> nothing() {
        return NOTHING;
    }

    @Override
    public Object getBean() {
        return real.getBean();
    }

    @Override
    @SuppressWarnings("ConstantValue") // not set yet while the constructor of HandlerMethod asks
    public Class<?> getBeanType() {
        return real == null ? super.getBeanType() : real.getBeanType();
    }

    @Override
    public boolean shouldValidateArguments() {
        return real.shouldValidateArguments();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SetUpMethod same && same.real.equals(real);
    }

    @Override
    public int hashCode() {
        return real.hashCode();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
