package asyncio4j.bridge;

import asyncio4j.ContextVar;
import asyncio4j.EventLoop;
import asyncio4j.TaskOptions;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.bridge.OneSubscribersOwn;

import org.jspecify.annotations.Nullable;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Reactor's {@code Context} in coroutines, and {@link ContextVar}s in Reactor's {@code Context}.
 *
 * <ul>
 *   <li>The Context of a subscriber of {@link Bridge#mono(asyncio4j.EventLoop,
 *       asyncio4j.Coroutine)} is seen by {@link #current()} inside of the coroutine, and in the
 *       tasks that it makes.
 *   <li>All that {@link #current()} shows is in the Context of every pipeline that the coroutine
 *       awaits or turns into a task, and so are the context variables that have a value: each under
 *       itself as the key, and also under the key that it is {@linkplain #bind bound} to.
 *   <li>An entry of a subscriber's Context whose key is a context variable, or is bound to one,
 *       sets that variable in the coroutine.
 * </ul>
 *
 * {@snippet :
 * ContextVar<String> user = ContextVar.of("user"); // as a rule a static final field
 * ReactorContext.bind(user, "user");
 * Mono<String> greeting = mono(loop, () -> "hello " + user.get())
 *         .contextWrite(reactor.util.context.Context.of("user", "Ada"));
 * }
 *
 * <p>Reactor's Context has no null values: a variable that is set to null isn't in it.
 *
 * <h2>Thread-locals</h2>
 *
 * <p>With {@code io.micrometer:context-propagation} on the class path, the thread-locals that have
 * an accessor in its global {@code ContextRegistry}, such as the MDC of the log, go the same ways:
 *
 * <ul>
 *   <li>A task or callback starts with the values of the code that makes it, whatever context it is
 *       given. What it changes is its own, and stays over its awaits: other tasks, the loop's
 *       callbacks and the thread in {@code Runner.run} don't see it.
 *   <li>What runs for a subscriber starts with the values in the subscriber's Context, under the
 *       keys of the accessors, and else with those of the subscribing thread.
 *   <li>{@link #current()}, and so the Context of every pipeline, has the present values under
 *       these keys, and the entry {@code asyncio4j.thread-locals}, which says that there are no
 *       others. An entry that a context variable is bound to is the variable's.
 * </ul>
 *
 * <p>That is so with Reactor's automatic context propagation and without. An accessor that throws
 * is told of to the loop's exception handler, and what it failed for goes on without it.
 */
public final class ReactorContext {

    /**
     * The key of a name in a subscriber's Context, which the task bears that is made for that
     * subscriber by {@link Bridge#mono(asyncio4j.EventLoop, asyncio4j.Coroutine)} or {@link
     * Bridge#flux(asyncio4j.EventLoop, asyncio4j.AsyncGenerator.Body)}: for thread dumps, {@code
     * ps} and error messages. The value's {@code toString} is the name. The tasks that this one
     * makes don't get it.
     */
    public static final String TASK_NAME = "asyncio4j.taskName";

    private static final LoopAccess ACCESS = LoopAccess.get();

    /**
     * What the subscriber of the running coroutine brought along, but for what became context
     * variables.
     */
    private static final ContextVar<ContextView> SUBSCRIBER =
            ContextVar.withDefault("reactor.context", Context.empty());

    /** Replaced under the monitor of this class; read by any thread. */
    private static volatile Bindings bindings = new Bindings(Map.of(), Map.of());

    private ReactorContext() {}

    /** Which variable belongs to which key; both maps are never changed. */
    private record Bindings(Map<Object, ContextVar<?>> vars, Map<ContextVar<?>, Object> keys) {

        @Nullable ContextVar<?> varOf(Object key) {
            return key instanceof ContextVar<?> itself ? itself : vars.get(key);
        }
    }

    /** What was made of a state of the context variables, with which bindings. */
    private record View(Bindings madeWith, Context context) {}

    /**
     * What a pipeline that is awaited here sees as its Context. Any thread; outside of a loop it is
     * made from the thread's context variables and thread-locals.
     *
     * @return the entries of the subscriber, the context variables, and the thread-locals that are
     *     carried
     */
    public static ContextView current() {
        return present();
    }

    /** {@link #current()}, as a Context. */
    static Context present() {
        return of(here(ACCESS.runningLoop()));
    }

    /**
     * What the calling code has now, for {@link #of}.
     *
     * @param loop the loop that runs it, or null
     */
    static Object here(@Nullable EventLoop loop) {
        Object variables = ACCESS.snapshot(ACCESS.currentContext());
        Object carried = Carrying.capture(loop);
        return carried == null ? variables : new Here(variables, carried);
    }

    /** The state of the context variables, and what is in the thread-locals. */
    private static final class Here {

        private final Object variables;

        private final Object carried;

        /** Made when it is asked for; any thread may, and two may make one each. */
        private volatile @Nullable Context context;

        Here(Object variables, Object carried) {
            this.variables = variables;
            this.carried = carried;
        }

        Context context() {
            Context present = context;
            if (present == null) {
                present = Carrying.write(carried, of(variables));
                context = present;
            }
            return present;
        }
    }

    /**
     * Has {@code var} and the entry of {@code key} in Reactor's Context stand for one another, in
     * both directions and for all loops. What is under way already may not see it: bind while the
     * program starts.
     *
     * @param var the context variable
     * @param key the key in Reactor's Context; its values must be of the variable's type
     * @return ends the binding when it is disposed
     * @throws IllegalStateException if either is bound to something else
     */
    public static Disposable bind(ContextVar<?> var, Object key) {
        Objects.requireNonNull(var, "bind: the context variable is null");
        Objects.requireNonNull(key, "bind: the key is null");
        if (key instanceof ContextVar) {
            throw new IllegalArgumentException(
                    "bind: "
                            + key
                            + " is a context variable, which is a key of its own; bind to another"
                            + " object");
        }
        synchronized (ReactorContext.class) {
            Map<Object, ContextVar<?>> vars = new HashMap<>(bindings.vars);
            Map<ContextVar<?>, Object> keys = new HashMap<>(bindings.keys);
            ContextVar<?> boundVar = vars.putIfAbsent(key, var);
            Object boundKey = keys.putIfAbsent(var, key);
            if (boundVar != null && boundVar != var) {
                throw alreadyBound(key, boundVar);
            }
            if (boundKey != null && !boundKey.equals(key)) {
                throw alreadyBound(var, boundKey);
            }
            bindings = new Bindings(vars, keys);
        }
        return Disposables.composite(() -> unbind(var, key)); // once: it may be bound anew
    }

    /** Whether a context variable stands for the entry of {@code key}. Any thread. */
    static boolean isBound(Object key) {
        return bindings.vars.containsKey(key);
    }

    private static IllegalStateException alreadyBound(Object one, Object other) {
        return new IllegalStateException(
                "bind: "
                        + one
                        + " is bound to "
                        + other
                        + " already; dispose of that binding first");
    }

    private static synchronized void unbind(ContextVar<?> var, Object key) {
        Map<Object, ContextVar<?>> vars = new HashMap<>(bindings.vars);
        Map<ContextVar<?>, Object> keys = new HashMap<>(bindings.keys);
        vars.remove(key, var);
        keys.remove(var, key);
        bindings = new Bindings(vars, keys);
    }

    /**
     * The Context of a pipeline; made once for each state of the context variables, if there is
     * nothing else to it. Any thread.
     *
     * @param snapshot a state, as {@link #here} or {@link LoopAccess#snapshot} tells it
     */
    static Context of(Object snapshot) {
        if (snapshot instanceof Here here) {
            return here.context();
        }
        Bindings now = bindings;
        if (ACCESS.derived(snapshot) instanceof View view && view.madeWith == now) {
            return view.context;
        }
        Context context = make(ACCESS.contextOf(snapshot), now);
        ACCESS.derived(snapshot, new View(now, context));
        return context;
    }

    private static Context make(asyncio4j.Context variables, Bindings now) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        variables.get(SUBSCRIBER, Context.empty()).forEach(entries::put);
        for (Map.Entry<ContextVar<?>, @Nullable Object> each : variables.asMap().entrySet()) {
            ContextVar<?> var = each.getKey();
            if (var != SUBSCRIBER) {
                put(entries, var, each.getValue());
                Object key = now.keys.get(var);
                if (key != null) {
                    put(entries, key, each.getValue());
                }
            }
        }
        return entries.isEmpty() ? Context.empty() : Context.of(entries);
    }

    private static void put(Map<Object, Object> entries, Object key, @Nullable Object value) {
        if (value == null) {
            entries.remove(key);
        } else {
            entries.put(key, value);
        }
    }

    /**
     * A copy of the calling code's context variables for a coroutine that somebody subscribes to.
     * Any thread.
     *
     * @param subscriber the subscriber's Context
     */
    static asyncio4j.Context inherit(ContextView subscriber) {
        asyncio4j.Context context = asyncio4j.Context.copyContext();
        if (subscriber.isEmpty() && context.get(SUBSCRIBER, Context.empty()).isEmpty()) {
            return context;
        }
        Bindings now = bindings;
        return context.run(() -> {
            Map<Object, Object> rest = new LinkedHashMap<>();
            subscriber.forEach((key, value) -> {
                if (key.equals(TASK_NAME) || value instanceof OneSubscribersOwn) {
                    return; // that is for one task alone
                }
                ContextVar<?> var = now.varOf(key);
                if (var == null) {
                    rest.put(key, value);
                } else if (key == var
                        || !subscriber.hasKey(var)) { // its own entry counts more than a bound one
                    set(var, value);
                }
            });
            SUBSCRIBER.set(rest.isEmpty() ? Context.empty() : Context.of(rest));
            return context;
        });
    }

    /**
     * The options of a task that is made for a subscriber. Any thread.
     *
     * @param subscriber the subscriber's Context
     * @param context what {@link #inherit} made of it
     */
    static TaskOptions options(ContextView subscriber, asyncio4j.Context context) {
        TaskOptions options = TaskOptions.DEFAULT.context(context);
        Object name = subscriber.getOrDefault(TASK_NAME, null);
        return name == null ? options : options.name(name.toString());
    }

    /**
     * Has {@code change} made to what the subscriber of the running coroutine brought along, until
     * the token is closed. The task's thread.
     */
    static ContextVar.Token<?> change(UnaryOperator<Context> change) {
        return SUBSCRIBER.set(change.apply(Context.of(SUBSCRIBER.get(Context.empty()))));
    }

    @SuppressWarnings("unchecked") // bind says that the values have to be of that type
    private static void set(ContextVar<?> var, Object value) {
        ((ContextVar<Object>) var).set(value);
    }
}
