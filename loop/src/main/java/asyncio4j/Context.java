package asyncio4j;

import asyncio4j.internal.context.VarMap;
import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * The values of the {@link ContextVar}s that a task sees. Python's {@code contextvars.Context}.
 *
 * <p>Copying one takes the same short time whatever is in it. A context may be handed from thread
 * to thread, but is used by one at a time: the task or callback that runs in it.
 */
public final class Context {

    /** The contexts of threads that aren't a loop's. */
    private static final ThreadLocal<@Nullable Context> OUTSIDE = new ThreadLocal<>();

    private VarMap values;

    /** {@link #run} is under way. */
    private boolean entered;

    /** A context without values. */
    public Context() {
        this(VarMap.EMPTY);
    }

    private Context(VarMap values) {
        this.values = values;
    }

    /** The context that the calling code runs in. */
    static Context current() {
        Fiber fiber = Fiber.current();
        if (fiber != null) {
            Context context = (Context) fiber.context();
            if (context == null) {
                context = new Context();
                fiber.context(context);
            }
            return context;
        }
        Context context = OUTSIDE.get();
        if (context == null) {
            context = new Context();
            OUTSIDE.set(context);
        }
        return context;
    }

    /** Makes this the calling code's context; gives the one before. */
    private @Nullable Context enter() {
        Fiber fiber = Fiber.current();
        return fiber == null ? swapOutside(this) : swap(fiber, this);
    }

    private static void leave(@Nullable Context before) {
        Fiber fiber = Fiber.current();
        if (fiber == null) {
            swapOutside(before);
        } else {
            swap(fiber, before);
        }
    }

    private static @Nullable Context swap(Fiber fiber, @Nullable Context next) {
        Context before = (Context) fiber.context();
        fiber.context(next);
        return before;
    }

    private static @Nullable Context swapOutside(@Nullable Context next) {
        Context before = OUTSIDE.get();
        OUTSIDE.set(next);
        return before;
    }

    /**
     * A copy of the current context. Python's {@code contextvars.copy_context}.
     *
     * @return a new context
     */
    public static Context copyContext() {
        return current().copy();
    }

    /**
     * A context with the same values, which changes apart from this one.
     *
     * @return a new context
     */
    public Context copy() {
        return new Context(values);
    }

    /**
     * Runs {@code body} in this context: what it sets stays here, and the caller's context is
     * untouched.
     *
     * @param body what to run; in a coroutine it may await
     * @param <T> the type of its result
     * @return what {@code body} returns
     * @throws IllegalStateException if this context is already entered
     */
    public <T extends @Nullable Object> T run(Callable<T> body) {
        Objects.requireNonNull(body, "the body is null: pass what to run in this context");
        if (entered) {
            throw new IllegalStateException(
                    "cannot enter " + this + ": it is already entered; run a copy() of it");
        }
        Context before = enter();
        entered = true;
        try {
            return body.call();
        } catch (Exception e) {
            throw Sneaky.raise(e);
        } finally {
            entered = false;
            leave(before);
        }
    }

    /** Runs a call of the loop's own in this context, whether it is entered or not. */
    void call(Runnable body) {
        Context before = enter();
        try {
            body.run();
        } finally {
            leave(before);
        }
    }

    /**
     * The value of {@code var} in this context.
     *
     * @param var the variable
     * @param otherwise what to answer if this context has no value for it
     * @param <T> the type of the value
     * @return the value; a default that the variable has isn't looked at
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // only ContextVar.set puts values in
    public <T extends @Nullable Object> T get(ContextVar<T> var, T otherwise) {
        return (T) values.get(var.key(), otherwise);
    }

    /**
     * The variables that have a value in this context, with those values.
     *
     * @return a new map
     */
    public Map<ContextVar<?>, @Nullable Object> asMap() {
        Map<ContextVar<?>, @Nullable Object> map = new LinkedHashMap<>();
        values.forEach((key, value) -> map.put(((ContextVar.VarKey) key).var, value));
        return map;
    }

    /**
     * How many variables have a value in this context.
     *
     * @return the number
     */
    public int size() {
        return values.size();
    }

    @Nullable Object lookup(VarMap.Key key, @Nullable Object otherwise) {
        return values.get(key, otherwise);
    }

    void assign(VarMap.Key key, @Nullable Object value) {
        values = values.with(key, value);
    }

    void remove(VarMap.Key key) {
        values = values.without(key);
    }

    /** A context with the state {@code values}. */
    static Context of(VarMap values) {
        return new Context(values);
    }

    /** The immutable state of this context, for whoever caches something made from it. */
    Object snapshot() {
        return values;
    }

    @Override
    public String toString() {
        return "Context" + asMap();
    }
}
