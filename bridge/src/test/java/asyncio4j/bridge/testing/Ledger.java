package asyncio4j.bridge.testing;

import static org.assertj.core.api.Assertions.assertThat;

import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the account of all values and errors that a test makes: each has to come to one end, and to
 * one only. Has Reactor's hooks while it is open. Any thread.
 */
public final class Ledger implements AutoCloseable {

    /** A value. */
    public static final class Item {
        private final int number;

        private Item(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "item " + number;
        }
    }

    /** An error. */
    public static final class Fault extends Exception {

        private static final long serialVersionUID = 1L;

        private Fault(int number) {
            super("fault " + number, null, true, false);
        }
    }

    private final AtomicInteger numbers = new AtomicInteger();

    private final Set<Object> made = ConcurrentHashMap.newKeySet();

    private final Collection<Object> delivered = new ConcurrentLinkedQueue<>();

    private final Collection<Object> discarded = new ConcurrentLinkedQueue<>();

    private final Collection<Object> dropped = new ConcurrentLinkedQueue<>();

    public Ledger() {
        Hooks.onNextDropped(dropped::add);
        Hooks.onErrorDropped(error -> {
            dropped.add(error);
            if (error.getCause() instanceof Fault fault) {
                dropped.add(fault); // told of as what a violation was about
            }
        });
    }

    /** A new value, which has to come to an end. */
    public Item item() {
        Item item = new Item(numbers.getAndIncrement());
        made.add(item);
        return item;
    }

    /** Something made that nobody took, as the publisher was told: it needs no end. */
    public void withdraw(Object each) {
        made.remove(each);
    }

    /** A new error, which has to come to an end. */
    public Fault fault() {
        Fault fault = new Fault(numbers.getAndIncrement());
        made.add(fault);
        return fault;
    }

    /** A value or an error has reached whom it was meant for. Others than those made here too. */
    public void delivered(Object end) {
        if (end instanceof Item || end instanceof Fault) {
            delivered.add(end);
        } else if (end instanceof Throwable error && error.getCause() instanceof Fault fault) {
            delivered.add(fault);
        }
    }

    /** A Context with the discard hook. */
    public Context context() {
        return Operators.enableOnDiscard(Context.empty(), discarded::add);
    }

    /**
     * Each came to one end, and nothing else went to the hooks.
     *
     * @param others errors that the library may make itself and drop
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    public final void check(Class<? extends Throwable>... others) {
        List<Class<? extends Throwable>> known = List.of(others);
        dropped.removeIf(each -> known.contains(each.getClass()));
        IdentityHashMap<Object, List<String>> ends = new IdentityHashMap<>();
        made.forEach(each -> ends.put(each, new ArrayList<>()));
        note(ends, delivered, "delivered");
        note(ends, discarded, "discarded");
        note(ends, dropped, "dropped");
        List<String> wrong = new ArrayList<>();
        ends.forEach((each, its) -> {
            if (its.size() != 1) {
                wrong.add(each + ": " + its);
            }
        });
        assertThat(wrong.stream().limit(20)).as(wrong.size() + " of " + this).isEmpty();
    }

    private static void note(
            IdentityHashMap<Object, List<String>> ends, Collection<Object> which, String name) {
        for (Object each : which) {
            List<String> its = ends.computeIfAbsent(each, _ -> new ArrayList<>(List.of("unknown")));
            its.add(name);
        }
    }

    @Override
    public void close() {
        Hooks.resetOnNextDropped();
        Hooks.resetOnErrorDropped();
    }

    @Override
    public String toString() {
        return made.size()
                + " made: "
                + delivered.size()
                + " delivered, "
                + discarded.size()
                + " discarded, "
                + dropped.size()
                + " dropped";
    }
}
