package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Several exceptions that have to be told at once, such as those of a {@link TaskGroup}. Python's
 * {@code ExceptionGroup} and {@code BaseExceptionGroup} in one class: Java has no exceptions that a
 * {@code RuntimeException} couldn't hold.
 *
 * <p>The members are its suppressed exceptions, too, so that a printed stack trace shows them.
 * Groups may be nested, as deep as task groups are; in one of 50 levels, or of a multiple of that,
 * those in the middle are left out of the suppressed ones, lest whoever prints them run out of
 * stack. What {@code except*} does is written with {@link #split(Class)}:
 *
 * {@snippet :
 * try {
 *     await(taskGroup(group -> {
 *         group.createTask(() -> await(download(url)));
 *     }));
 * } catch (ExceptionGroup e) {
 *     var split = e.split(java.io.IOException.class);
 *     if (split.rest() != null) {
 *         throw split.rest();
 *     }
 *     System.err.println(split.matching().exceptions().size() + " downloads failed");
 * }
 * }
 *
 * <p>Any thread may use it.
 */
public final class ExceptionGroup extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What it was made with, without the count. */
    private final String text;

    /** So many groups nested in each other are shown as such. */
    private static final int SHOWN_LEVELS = 50;

    /** The members, in the order in which they came. Never changed. */
    private final Throwable[] members;

    /** How many groups there are from this to the innermost one, both counted. */
    private final int levels;

    /**
     * A group.
     *
     * @param message what has happened; {@link #getMessage} adds how many members there are
     * @param exceptions the members, at least one
     * @throws IllegalArgumentException if there are none
     */
    public ExceptionGroup(String message, List<? extends Throwable> exceptions) {
        super(
                Objects.requireNonNull(
                        message, "ExceptionGroup: the message is null: pass \"\" for none"));
        Objects.requireNonNull(exceptions, "ExceptionGroup: the list of exceptions is null");
        if (exceptions.isEmpty()) {
            throw new IllegalArgumentException(
                    "ExceptionGroup: the list of exceptions is empty: a group has one at least");
        }
        this.text = message;
        this.members = exceptions.toArray(Throwable[]::new);
        int inner = 0;
        for (Throwable member : members) {
            Objects.requireNonNull(member, "ExceptionGroup: one of the members is null");
            inner = Math.max(inner, levelsOf(member));
        }
        this.levels = inner + 1;
        for (Throwable member : members) {
            boolean shown = levels % SHOWN_LEVELS != 0 || levelsOf(member) == 0;
            addSuppressed(shown ? member : new LeftOut((ExceptionGroup) member));
        }
    }

    private static int levelsOf(Throwable member) {
        return member instanceof ExceptionGroup group ? group.levels : 0;
    }

    /**
     * The members, in order.
     *
     * @return a list that doesn't change
     */
    public List<Throwable> exceptions() {
        return List.of(members);
    }

    /**
     * What has happened and how many members there are, as in {@code unhandled errors in a
     * TaskGroup (2 sub-exceptions)}.
     *
     * @return the message
     */
    @Override
    public String getMessage() {
        return text
                + " ("
                + members.length
                + (members.length == 1 ? " sub-exception)" : " sub-exceptions)");
    }

    /**
     * The group of those members that are of a type. Nested groups keep their place with those of
     * their members that are; a group counts as of the type itself only if that is {@code
     * ExceptionGroup}.
     *
     * @param type the type
     * @return a group with the message, stack and cause of this one; this if all are of the type,
     *     and null if none is
     */
    public @Nullable ExceptionGroup subgroup(Class<? extends Throwable> type) {
        return subgroup(ofType(type));
    }

    /**
     * The group of those members that meet a condition. A group that meets it, this one or a nested
     * one, stays whole; of any other the members are asked.
     *
     * @param condition the condition; it is asked of groups as well
     * @return a group with the message, stack and cause of this one; this if nothing is left out,
     *     and null if nothing is left
     */
    public @Nullable ExceptionGroup subgroup(Predicate<? super Throwable> condition) {
        return split(condition).matching();
    }

    /**
     * {@link #subgroup(Class)} and what that leaves out.
     *
     * @param type the type
     * @return both halves
     */
    public Split split(Class<? extends Throwable> type) {
        return split(ofType(type));
    }

    /**
     * {@link #subgroup(Predicate)} and what that leaves out.
     *
     * @param condition the condition; it is asked of groups as well
     * @return both halves
     */
    public Split split(Predicate<? super Throwable> condition) {
        Objects.requireNonNull(condition, "ExceptionGroup: the condition is null");
        if (condition.test(this)) {
            return new Split(this, null);
        }
        Deque<Halves> way = new ArrayDeque<>(); // no recursion: they may be nested very deep
        way.addLast(new Halves(this));
        for (; ; ) {
            Halves here = way.getLast();
            if (here.looked == here.group.members.length) {
                way.removeLast();
                Split split = here.split();
                if (way.isEmpty()) {
                    return split;
                }
                way.getLast().add(split);
                continue;
            }
            Throwable member = here.group.members[here.looked++];
            if (condition.test(member)) {
                here.matching.add(member);
            } else if (member instanceof ExceptionGroup group) {
                way.addLast(new Halves(group));
            } else {
                here.rest.add(member);
            }
        }
    }

    /** A group that is being split, and what was found in it so far. */
    private static final class Halves {

        final ExceptionGroup group;

        final List<Throwable> matching = new ArrayList<>();

        final List<Throwable> rest = new ArrayList<>();

        /** How many members have been looked at. */
        int looked;

        Halves(ExceptionGroup group) {
            this.group = group;
        }

        void add(Split member) {
            if (member.matching() != null) {
                matching.add(member.matching());
            }
            if (member.rest() != null) {
                rest.add(member.rest());
            }
        }

        Split split() {
            return new Split(group.derived(matching), group.derived(rest));
        }
    }

    private static Predicate<Throwable> ofType(Class<? extends Throwable> type) {
        Objects.requireNonNull(type, "ExceptionGroup: the type is null");
        return error ->
                error instanceof ExceptionGroup
                        ? type == ExceptionGroup.class
                        : type.isInstance(error);
    }

    /**
     * This group with other members: with its message, stack, cause and the awaits it came through.
     */
    private @Nullable ExceptionGroup derived(List<Throwable> others) {
        if (others.isEmpty()) {
            return null;
        }
        if (others.equals(exceptions())) {
            return this;
        }
        ExceptionGroup group = new ExceptionGroup(text, others);
        group.setStackTrace(getStackTrace());
        if (getCause() != null) {
            group.initCause(getCause());
        }
        for (Throwable suppressed : getSuppressed()) {
            if (suppressed instanceof AwaitSite) {
                group.addSuppressed(suppressed);
            }
        }
        return group;
    }

    /** Stands for a group that is left out, and has the innermost of its exceptions. */
    private static final class LeftOut extends Throwable {

        private static final long serialVersionUID = 1L;

        LeftOut(ExceptionGroup group) {
            super(
                    group.levels
                            + " more groups inside of each other, which exceptions() has; in the"
                            + " innermost:",
                    null,
                    true,
                    false);
            addSuppressed(innermost(group));
        }

        private static Throwable innermost(ExceptionGroup outermost) {
            Throwable found = outermost;
            while (found instanceof ExceptionGroup group) {
                Throwable deepest = group.members[0];
                for (Throwable member : group.members) {
                    if (levelsOf(member) == group.levels - 1) {
                        deepest = member;
                        break;
                    }
                }
                found = deepest;
            }
            return found;
        }

        /** Prints as its message alone: it isn't an error of its own. */
        @Override
        @SuppressWarnings("OverrideThrowableToString") // the class name would say nothing
        public String toString() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * A group in two.
     *
     * @param matching what meets the condition; null if nothing does
     * @param rest what doesn't; null if everything does
     */
    public record Split(@Nullable ExceptionGroup matching, @Nullable ExceptionGroup rest) {}
}
