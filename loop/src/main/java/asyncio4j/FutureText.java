package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What toString says of futures, tasks and handles. Python's {@code base_futures} and {@code
 * format_helpers}.
 *
 * <p>A result is printed only if it is a value of the JDK's; any other is named by its class. So
 * the library never runs a user's {@code toString}, which may be slow, may fail, or may print this
 * very future.
 */
final class FutureText {

    /** Longer strings are cut. */
    private static final int LONGEST = 60;

    private FutureText() {}

    /** The result as it is printed, after what stands before it; nothing for null. */
    static String result(@Nullable Object result) {
        return result == null ? "" : ", result=" + value(result);
    }

    private static String value(Object result) {
        return switch (result) {
            case String text -> "'" + shortened(text) + "'";
            case Number n when isOfJdk(n) -> shortened(n.toString());
            case Boolean b -> b.toString();
            case Character c -> "'" + c + "'";
            case TemporalAccessor time when isOfJdk(time) -> time.toString();
            case TemporalAmount time when isOfJdk(time) -> time.toString();
            case Enum<?> constant -> constant.name();
            case Collection<?> many when isOfJdk(many) ->
                    nameOf(many) + " of " + many.size() + (many.size() == 1 ? " item" : " items");
            case Map<?, ?> map when isOfJdk(map) ->
                    nameOf(map) + " of " + map.size() + (map.size() == 1 ? " entry" : " entries");
            default -> nameOf(result);
        };
    }

    private static boolean isOfJdk(Object value) {
        return value.getClass().getClassLoader() == null;
    }

    private static String nameOf(Object value) {
        return value.getClass().getTypeName();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    /** The callbacks of a pending future: the first and the last, if there are more than two. */
    static String callbacks(List<String> names) {
        return switch (names.size()) {
            case 0 -> "";
            case 1 -> ", cb=[" + names.getFirst() + "]";
            case 2 -> ", cb=[" + names.getFirst() + ", " + names.getLast() + "]";
            default ->
                    ", cb=["
                            + names.getFirst()
                            + ", <"
                            + (names.size() - 2)
                            + " more>, "
                            + names.getLast()
                            + "]";
        };
    }

    /** Where something was made; nothing if debug mode was off then. */
    static String created(@Nullable Throwable creationStack) {
        return creationStack instanceof CreationStack stack ? ", created at " + stack.site() : "";
    }
}
