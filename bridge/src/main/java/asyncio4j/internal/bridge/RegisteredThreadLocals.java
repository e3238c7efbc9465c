package asyncio4j.internal.bridge;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;

import org.jspecify.annotations.Nullable;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Carries the values of the {@link ThreadLocalAccessor}s in the global {@link ContextRegistry}. Any
 * thread.
 *
 * <p>It keeps to the contract of the library's snapshots with {@code clearMissing(true)}: where a
 * value is missing the accessor's {@code setValue()} is called, each setting is answered by one
 * {@code restore}, and they are restored in reverse order, whatever one of them throws.
 *
 * <p>An accessor that has thrown is told of once, and left alone by the task or callback that it
 * failed for, which goes without it.
 */
final class RegisteredThreadLocals implements ContextValues {

    /** In place of a value: the accessor has failed. */
    private static final Object FAILED = new Object();

    /** As it is at the time. */
    private final List<ThreadLocalAccessor<?>> registered =
            ContextRegistry.getInstance().getThreadLocalAccessors();

    /** What was registered when somebody last looked. */
    private volatile Accessors known = new Accessors(List.of());

    /** The accessors of one time and their keys. */
    private static final class Accessors {

        final ThreadLocalAccessor<?>[] all;

        final Object[] keys;

        /** The values of a thread that has none. */
        final Values none;

        Accessors(List<ThreadLocalAccessor<?>> present) {
            all = present.toArray(ThreadLocalAccessor<?>[]::new);
            keys = new Object[all.length];
            for (int i = 0; i < all.length; i++) {
                keys[i] = all[i].key();
            }
            none = new Values(this, new @Nullable Object[all.length]);
        }

        boolean are(List<ThreadLocalAccessor<?>> present) {
            if (present.size() != all.length) {
                return false;
            }
            try {
                for (int i = 0; i < all.length; i++) {
                    if (present.get(i) != all[i]) {
                        return false;
                    }
                }
            } catch (IndexOutOfBoundsException e) {
                return false; // somebody takes one out just now
            }
            return true;
        }

        /** What the calling thread has. */
        @Nullable Object get(int i, Trouble trouble) {
            try {
                return all[i].getValue();
            } catch (Throwable e) {
                trouble.with(all[i], "getValue", e);
                return FAILED;
            }
        }

        /** Gives the calling thread a value, or none. */
        @SuppressWarnings("unchecked") // it came from this accessor, or stood under its key
        boolean set(int i, @Nullable Object value, Trouble trouble) {
            try {
                if (value == null) {
                    all[i].setValue();
                } else {
                    ((ThreadLocalAccessor<Object>) all[i]).setValue(value);
                }
                return true;
            } catch (Throwable e) {
                trouble.with(all[i], "setValue", e);
                return false;
            }
        }

        @SuppressWarnings("unchecked") // it came from this accessor
        void restore(int i, @Nullable Object former, Trouble trouble) {
            try {
                if (former == null) {
                    all[i].restore();
                } else {
                    ((ThreadLocalAccessor<Object>) all[i]).restore(former);
                }
            } catch (Throwable e) {
                trouble.with(all[i], "restore", e);
            }
        }
    }

    /** Values, in the order of their accessors; the array is never changed. */
    private static final class Values {

        final Accessors accessors;

        final @Nullable Object[] array;

        Values(Accessors accessors, @Nullable Object[] array) {
            this.accessors = accessors;
            this.array = array;
        }

        /**
         * The value for the accessor at {@code i} among {@code present}; {@code otherwise} if that
         * wasn't registered yet.
         */
        @Nullable Object of(Accessors present, int i, @Nullable Object otherwise) {
            if (present == accessors) {
                return array[i];
            }
            for (int j = 0; j < array.length; j++) {
                if (accessors.keys[j].equals(present.keys[i])) {
                    return array[j];
                }
            }
            return otherwise;
        }
    }

    private Accessors accessors() {
        Accessors present = known;
        if (!present.are(registered)) {
            present = new Accessors(List.copyOf(registered));
            known = present;
        }
        return present;
    }

    @Override
    public @Nullable Object capture(Failures failures) {
        Accessors present = accessors();
        if (present.all.length == 0) {
            return null;
        }
        Trouble trouble = new Trouble();
        @Nullable Object[] array = new @Nullable Object[present.all.length];
        boolean any = false;
        for (int i = 0; i < array.length; i++) {
            array[i] = present.get(i, trouble);
            any |= array[i] != null;
        }
        trouble.tell(failures);
        return any ? new Values(present, array) : present.none;
    }

    @Override
    public @Nullable Object capture(ContextView context, boolean complete, Failures failures) {
        Accessors present = accessors();
        if (present.all.length == 0) {
            return null;
        }
        Trouble trouble = new Trouble();
        @Nullable Object[] array = new @Nullable Object[present.all.length];
        for (int i = 0; i < array.length; i++) {
            Object entry = context.getOrDefault(present.keys[i], null);
            array[i] = entry != null || complete ? entry : present.get(i, trouble);
        }
        trouble.tell(failures);
        return new Values(present, array);
    }

    @Override
    public Context write(Object values, Context context, Predicate<Object> kept) {
        Values of = (Values) values;
        Context written = context;
        for (int i = 0; i < of.array.length; i++) {
            Object key = of.accessors.keys[i];
            Object value = of.array[i];
            if (value == FAILED || kept.test(key)) {
                continue;
            }
            if (value != null) {
                written = written.put(key, value);
            } else if (written.hasKey(key)) {
                written = written.delete(key);
            }
        }
        return written;
    }

    @Override
    public @Nullable Scope open(@Nullable Object values, Failures failures) {
        Accessors present = accessors();
        if (present.all.length == 0) {
            return null;
        }
        return new OpenScope(present, values == null ? present.none : (Values) values, failures);
    }

    /** A scope. The thread that it is open on; nobody while it is suspended. */
    private static final class OpenScope implements Scope {

        private final Accessors accessors;

        private final Failures failures;

        /** What the thread had before, to be restored. */
        private final @Nullable Object[] former;

        /** What the code had when it was suspended; null while it isn't. */
        private @Nullable Values suspended;

        /** What was answered last, until it is set anew. */
        private @Nullable Values asked;

        OpenScope(Accessors accessors, Values values, Failures failures) {
            this.accessors = accessors;
            this.failures = failures;
            this.former = new @Nullable Object[accessors.all.length];
            enter(values);
        }

        private void enter(Values values) {
            Trouble trouble = new Trouble();
            for (int i = 0; i < former.length; i++) {
                Object value = values.of(accessors, i, null);
                if (former[i] == FAILED || value == FAILED) {
                    former[i] = FAILED;
                    continue;
                }
                Object before = accessors.get(i, trouble);
                former[i] = before;
                if (before != FAILED && !accessors.set(i, value, trouble)) {
                    accessors.restore(i, before, trouble);
                    former[i] = FAILED;
                }
            }
            trouble.tell(failures);
        }

        @Override
        public Object values() {
            Trouble trouble = new Trouble();
            Values values = values(trouble);
            asked = values;
            trouble.tell(failures);
            return values;
        }

        private Values values(Trouble trouble) {
            @Nullable Object[] array = new @Nullable Object[former.length];
            for (int i = 0; i < array.length; i++) {
                array[i] = former[i] == FAILED ? FAILED : accessors.get(i, trouble);
            }
            return new Values(accessors, array);
        }

        @Override
        public void set(Object values) {
            Values before = Objects.requireNonNull(asked, "values() comes first");
            asked = null;
            Trouble trouble = new Trouble();
            for (int i = 0; i < former.length; i++) {
                Object present = before.array[i];
                Object value = ((Values) values).of(accessors, i, present);
                if (present != FAILED && value != FAILED && !Objects.equals(present, value)) {
                    accessors.set(i, value, trouble);
                }
            }
            trouble.tell(failures);
        }

        @Override
        public void suspend() {
            Trouble trouble = new Trouble();
            Values values = values(trouble);
            suspended = values;
            for (int i = former.length - 1; i >= 0; i--) {
                if (former[i] != FAILED) {
                    unwind(i, values.array[i], trouble);
                }
            }
            trouble.tell(failures);
        }

        /**
         * Restores what the thread had. Where an accessor sets a value by opening a scope of its
         * own, and restores by closing one, the code may have opened more of them: they are closed
         * as well, as long as that changes anything.
         */
        private void unwind(int i, @Nullable Object value, Trouble trouble) {
            accessors.restore(i, former[i], trouble);
            Object before = value;
            Object after = accessors.get(i, trouble);
            while (after != FAILED
                    && !Objects.equals(after, former[i])
                    && !Objects.equals(after, before)) {
                accessors.restore(i, former[i], trouble);
                before = after;
                after = accessors.get(i, trouble);
            }
        }

        @Override
        public void resume() {
            Values values = Objects.requireNonNull(suspended, "not suspended");
            suspended = null;
            enter(values);
        }

        @Override
        public void close() {
            Trouble trouble = new Trouble();
            for (int i = former.length - 1; i >= 0; i--) {
                if (former[i] != FAILED) {
                    accessors.restore(i, former[i], trouble);
                }
            }
            trouble.tell(failures);
        }
    }

    /** What goes wrong in one go; it is told as one error. */
    private static final class Trouble {

        private @Nullable String message;

        private @Nullable Throwable error;

        void with(ThreadLocalAccessor<?> accessor, String method, Throwable thrown) {
            Throwable first = error;
            if (first == null) {
                error = thrown;
                message =
                        "ThreadLocalAccessor "
                                + accessor.getClass().getName()
                                + " failed in "
                                + method
                                + ": what it accesses isn't carried along with this task or"
                                + " callback; mend it, or take it out of the ContextRegistry";
            } else if (first != thrown) {
                first.addSuppressed(thrown);
            }
        }

        void tell(Failures failures) {
            Throwable first = error;
            if (first != null) {
                failures.failed(Objects.requireNonNull(message), first);
            }
        }
    }
}
