package asyncio4j;

import asyncio4j.internal.context.VarMap;

import org.jspecify.annotations.Nullable;

import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * A variable whose value belongs to a {@link Context}, and so to a task: each task sees its own,
 * and a new task starts with a copy of its maker's. Python's {@code contextvars.ContextVar}.
 *
 * <p>Outside of a loop the context is the calling thread's. Any thread may use one; make it a
 * static final field.
 *
 * {@snippet :
 * ContextVar<String> user = ContextVar.of("user"); // as a rule a static final field
 * try (var _ = user.set("ada")) {
 *     await(sleep(Duration.ofMillis(1)));          // user.get() is "ada" in this task
 * }                                                // and has no value any more
 * }
 *
 * @param <T> the type of the values
 */
public final class ContextVar<T extends @Nullable Object> {

    private static final Object ABSENT = new Object();

    /** The variable whose default is being turned into text on this thread, or null. */
    private static final ThreadLocal<@Nullable ContextVar<?>> DESCRIBED = new ThreadLocal<>();

    private final String name;

    private final @Nullable Object defaultValue;

    private final VarKey key = new VarKey(this);

    private ContextVar(String name, @Nullable Object defaultValue) {
        this.name = Objects.requireNonNull(name, "a context variable needs a name");
        this.defaultValue = defaultValue;
    }

    /**
     * A variable without a default.
     *
     * @param name its name, for messages
     * @param <T> the type of the values
     * @return a new variable
     */
    public static <T extends @Nullable Object> ContextVar<T> of(String name) {
        return new ContextVar<>(name, ABSENT);
    }

    /**
     * A variable with a default.
     *
     * @param name its name, for messages
     * @param defaultValue what {@link #get()} answers in a context that has no value for it
     * @param <T> the type of the values
     * @return a new variable
     */
    public static <T extends @Nullable Object> ContextVar<T> withDefault(
            String name, T defaultValue) {
        return new ContextVar<>(name, defaultValue);
    }

    /**
     * The name that it was made with.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The value in the current context, else the default.
     *
     * @return the value
     * @throws NoSuchElementException if there is neither; Python's {@code LookupError}
     */
    public T get() {
        Object value = Context.current().lookup(key, ABSENT);
        if (value == ABSENT) {
            value = defaultValue;
            if (value == ABSENT) {
                throw new NoSuchElementException(
                        "context variable '"
                                + name
                                + "' has no value here: set it first, give it a default, or use"
                                + " get(otherwise)");
            }
        }
        return cast(value);
    }

    /**
     * The value in the current context, else {@code otherwise}; the variable's default isn't looked
     * at.
     *
     * @param otherwise what to answer if there is no value
     * @return the value
     */
    public T get(T otherwise) {
        Object value = Context.current().lookup(key, ABSENT);
        return value == ABSENT ? otherwise : cast(value);
    }

    /**
     * Sets the value in the current context.
     *
     * @param value the value
     * @return a token that puts back what was there before, by {@link #reset} or at the end of a
     *     try-with-resources; it may as well be dropped
     */
    public Token<T> set(T value) {
        Context context = Context.current();
        Object old = context.lookup(key, ABSENT);
        context.assign(key, value);
        return new Token<>(this, context, old);
    }

    /**
     * Puts back what was there before the {@link #set} that gave {@code token}.
     *
     * @param token the token; good for one reset
     * @throws IllegalArgumentException if it is another variable's, or was made in another context
     * @throws IllegalStateException if it was used before
     */
    public void reset(Token<T> token) {
        Objects.requireNonNull(token, "the token is null: pass the one that set(...) gave");
        if (token.used) {
            throw new IllegalStateException(
                    token + " was used before: a token is good for one reset");
        }
        if (token.var != this) {
            throw new IllegalArgumentException(
                    token + " was made by another variable than '" + name + "'");
        }
        Context context = Context.current();
        if (token.context != context) {
            throw new IllegalArgumentException(
                    token + " was made in another context: reset it in the task that called set");
        }
        token.used = true;
        if (token.old == ABSENT) {
            context.remove(key);
        } else {
            context.assign(key, token.old);
        }
    }

    VarKey key() {
        return key;
    }

    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // only set() puts values in: null only if T allows it
    T cast(@Nullable Object value) {
        return (T) value;
    }

    /** Names the default too, unless this is part of the text of one: that may be its own. */
    @Override
    public String toString() {
        if (defaultValue == ABSENT) {
            return "ContextVar[" + name + "]";
        }
        if (DESCRIBED.get() != null) {
            return "ContextVar[" + name + ", default=...]";
        }
        DESCRIBED.set(this);
        try {
            return "ContextVar[" + name + ", default=" + defaultValue + "]";
        } finally {
            DESCRIBED.remove();
        }
    }

    /** The variable as a key of the map under a context. */
    static final class VarKey extends VarMap.Key {

        final ContextVar<?> var;

        VarKey(ContextVar<?> var) {
            this.var = var;
        }
    }

    /**
     * What {@link ContextVar#set} gives, to put the old value back. Python's {@code
     * contextvars.Token}. Any thread may look at it; {@link #close} belongs to where {@code set}
     * was called.
     *
     * @param <T> the type of the values
     */
    public static final class Token<T extends @Nullable Object> implements AutoCloseable {

        private final ContextVar<T> var;

        private final Context context;

        private final @Nullable Object old;

        private boolean used;

        Token(ContextVar<T> var, Context context, @Nullable Object old) {
            this.var = var;
            this.context = context;
            this.old = old;
        }

        /**
         * The variable that was set.
         *
         * @return the variable
         */
        public ContextVar<T> var() {
            return var;
        }

        /**
         * Whether there was a value before; if not, reset takes the new one away.
         *
         * @return false where Python's {@code old_value} is {@code Token.MISSING}
         */
        public boolean hadValue() {
            return old != ABSENT;
        }

        /**
         * The value before. Python's {@code old_value}.
         *
         * @return what reset puts back
         * @throws NoSuchElementException if there was none, which {@link #hadValue} tells
         */
        public T oldValue() {
            if (old == ABSENT) {
                throw new NoSuchElementException(
                        var + " had no value before: ask hadValue() first");
            }
            return var.cast(old);
        }

        /**
         * Puts back what was there before: {@link ContextVar#reset}, for try-with-resources. Like
         * that it is good for once.
         *
         * @throws IllegalArgumentException if the calling code runs in another context than {@code
         *     set} did
         * @throws IllegalStateException if it was used before
         */
        @Override
        public void close() {
            var.reset(this);
        }

        @Override
        public String toString() {
            return "Token[" + var + (used ? ", used]" : "]");
        }
    }
}
