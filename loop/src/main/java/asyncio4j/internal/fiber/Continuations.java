package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * {@code jdk.internal.vm.Continuation}, by method handles: so that this compiles, and the rest
 * runs, where {@code java.base} doesn't export it. Any thread.
 */
final class Continuations {

    /** Where it is. This class can be used only if that is exported to it. */
    static final String PACKAGE = "jdk.internal.vm";

    private static final MethodHandle NEW;

    private static final MethodHandle RUN;

    private static final MethodHandle YIELD;

    private static final MethodHandle STACK;

    private static final MethodHandle BINDINGS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Class<?> continuation = Class.forName(PACKAGE + ".Continuation");
            Class<?> scope = Class.forName(PACKAGE + ".ContinuationScope");
            Class<?> scopedValues = Class.forName(PACKAGE + ".ScopedValueContainer");
            Class<?> bindings = Class.forName(PACKAGE + ".ScopedValueContainer$BindingsSnapshot");
            Object ours =
                    lookup.findConstructor(scope, MethodType.methodType(void.class, String.class))
                            .invoke("asyncio4j");
            NEW =
                    lookup.findConstructor(
                                    continuation,
                                    MethodType.methodType(void.class, scope, Runnable.class))
                            .bindTo(ours)
                            .asType(MethodType.methodType(Object.class, Runnable.class));
            RUN =
                    lookup.findVirtual(continuation, "run", MethodType.methodType(void.class))
                            .asType(MethodType.methodType(void.class, Object.class));
            YIELD =
                    lookup.findStatic(
                                    continuation,
                                    "yield",
                                    MethodType.methodType(boolean.class, scope))
                            .bindTo(ours)
                            .asType(MethodType.methodType(void.class));
            STACK =
                    lookup.findVirtual(
                                    continuation,
                                    "getStackTrace",
                                    MethodType.methodType(StackTraceElement[].class))
                            .asType(MethodType.methodType(StackTraceElement[].class, Object.class));
            BINDINGS =
                    MethodHandles.filterReturnValue(
                            lookup.findStatic(
                                    scopedValues,
                                    "captureBindings",
                                    MethodType.methodType(bindings)),
                            lookup.findVirtual(
                                    bindings,
                                    "scopedValueBindings",
                                    MethodType.methodType(Object.class)));
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Continuations() {}

    /** A continuation that will run {@code body}. */
    static Object create(Runnable body) {
        try {
            return (Object) NEW.invokeExact(body);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Runs {@code continuation} on the calling code's stack, until it yields or ends. */
    static void run(Object continuation) {
        try {
            RUN.invokeExact(continuation);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * Goes back to who ran the innermost continuation.
     *
     * @throws IllegalStateException if a native method or a static initializer is on its stack
     */
    static void yieldNow() {
        try {
            YIELD.invokeExact();
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** The stack of a continuation that isn't running, innermost call first. */
    static StackTraceElement[] stackTrace(Object continuation) {
        try {
            return (StackTraceElement[]) STACK.invokeExact(continuation);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** What stands for the bindings of {@code ScopedValue}s that the calling thread has now. */
    static @Nullable Object bindings() {
        try {
            return (Object) BINDINGS.invokeExact();
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static Error unchecked(Throwable error) {
        if (error instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (error instanceof Error bad) {
            throw bad;
        }
        return new AssertionError(error);
    }
}
