package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Several exceptions that have to be told at once, such as those of a {@link TaskGroup}. Python's
 * {@code ExceptionGroup} and {@code BaseExceptionGroup} in one class: Java has no exceptions that a
 * {@code RuntimeException} couldn't hold.
 *
 * <p>The members are its suppressed exceptions, too, so that a printed stack trace shows them.
 * Groups may be nested. What {@code except*} does is written with {@link #split(Class)}:
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

    /** The members, in the order in which they came. Never changed. */
    private final Throwable[] members;

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
        for (Throwable member : members) {
            addSuppressed(
                    Objects.requireNonNull(member, "ExceptionGroup: one of the members is null"));
        }
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
        List<Throwable> matching = new ArrayList<>();
        List<Throwable> rest = new ArrayList<>();
        for (Throwable member : members) {
            if (member instanceof ExceptionGroup group) {
                Split split = group.split(condition);
                if (split.matching() != null) {
                    matching.add(split.matching());
                }
                if (split.rest() != null) {
                    rest.add(split.rest());
                }
            } else if (condition.test(member)) {
                matching.add(member);
            } else {
                rest.add(member);
            }
        }
        return new Split(derived(matching), derived(rest));
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

    /**
     * A group in two.
     *
     * @param matching what meets the condition; null if nothing does
     * @param rest what doesn't; null if everything does
     */
    public record Split(@Nullable ExceptionGroup matching, @Nullable ExceptionGroup rest) {}
}
