package asyncio4j;

import asyncio4j.internal.context.VarMap;
import asyncio4j.internal.fiber.Fiber;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * The values of the {@link ContextVar}s that a task sees. Python's {@code contextvars.Context}.
 *
 * {@snippet :
 * ContextVar<String> user = ContextVar.of("user");
 * Context context = Context.copyContext();
 * context.run(() -> user.set("ada"));
 * String name = context.get(user);          // "ada"
 * boolean here = Context.copyContext().contains(user); // false: the caller's own is untouched
 * }
 *
 * <p>Copying one takes the same short time whatever is in it, and a lookup about the same with
 * hundreds of variables as with one. A context may be handed from thread to thread, but is used by
 * one at a time: the task or callback that runs in it.
 *
 * <p>Two contexts are equal while they have the same variables with equal values, as in Python; so
 * one that changes is no key for a map.
 */
public final class Context implements Iterable<ContextVar<?>> {

    private static final Object ABSENT = new Object();

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

    /** Makes this the calling code's context, which it must not be yet; gives the one before. */
    private @Nullable Context enter() {
        Context before = switchTo();
        if (entered || before == this) {
            leave(before);
            throw new IllegalStateException(
                    "cannot enter " + this + ": it is already entered; run a copy() of it");
        }
        return before;
    }

    /** Makes this the calling code's context; gives the one before. */
    private @Nullable Context switchTo() {
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
     * @param body what to run; in a coroutine it may await. What it throws is thrown as it is
     * @param <T> the type of its result
     * @return what {@code body} returns
     * @throws IllegalStateException if this context is already entered: by another {@code run} that
     *     hasn't come to its end, or as the calling task's own
     */
    public <T extends @Nullable Object> T run(Callable<T> body) {
        Objects.requireNonNull(body, "the body is null: pass what to run in this context");
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

    /**
     * {@link #run(Callable)} without a result.
     *
     * @param body what to run; in a coroutine it may await
     * @throws IllegalStateException if this context is already entered
     */
    public void run(Runnable body) {
        Objects.requireNonNull(body, "the body is null: pass what to run in this context");
        this.<@Nullable Void>run(() -> {
            body.run();
            return null;
        });
    }

    /** Runs a call of the loop's own in this context, whether it is entered or not. */
    void call(Runnable body) {
        Context before = switchTo();
        try {
            body.run();
        } finally {
            leave(before);
        }
    }

    /**
     * The value of {@code var} in this context; a default that the variable has isn't looked at.
     * Python's {@code context[var]}.
     *
     * @param var the variable
     * @param <T> the type of the value
     * @return the value
     * @throws NoSuchElementException if this context has no value for it; Python's {@code KeyError}
     */
    public <T extends @Nullable Object> T get(ContextVar<T> var) {
        Object value = values.get(key(var), ABSENT);
        if (value == ABSENT) {
            throw new NoSuchElementException(
                    var
                            + " has no value in this context: use get(var, otherwise), or"
                            + " contains(var)");
        }
        return var.cast(value);
    }

    /**
     * The value of {@code var} in this context, else {@code otherwise}. Python's {@code
     * context.get(var, default)}.
     *
     * @param var the variable
     * @param otherwise what to answer if this context has no value for it
     * @param <T> the type of the value
     * @return the value; a default that the variable has isn't looked at
     */
    public <T extends @Nullable Object> T get(ContextVar<T> var, T otherwise) {
        return var.cast(values.get(key(var), otherwise));
    }

    /**
     * Whether {@code var} has a value in this context. Python's {@code var in context}.
     *
     * @param var the variable
     * @return true if it has; its default doesn't count
     */
    public boolean contains(ContextVar<?> var) {
        return values.get(key(var), ABSENT) != ABSENT;
    }

    private static VarMap.Key key(ContextVar<?> var) {
        return Objects.requireNonNull(var, "the context variable is null").key();
    }

    /**
     * The variables that have a value in this context, in no particular order.
     *
     * @return an iterator over those that there are now; it can't remove
     */
    @Override
    public Iterator<ContextVar<?>> iterator() {
        return Collections.unmodifiableSet(asMap().keySet()).iterator();
    }

    /**
     * The variables that have a value in this context, with those values, in no particular order.
     * Python's {@code keys()}, {@code values()} and {@code items()} are those of the map.
     *
     * @return a new map, which doesn't change with the context
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

    /**
     * Whether {@code other} is a context with the same variables and equal values.
     *
     * @param other what to compare with
     * @return true if it is
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Context context && context.values.equals(values);
    }

    /**
     * A number that is the same for equal contexts, and changes with the content.
     *
     * @return the number
     */
    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Context" + asMap();
    }
}
