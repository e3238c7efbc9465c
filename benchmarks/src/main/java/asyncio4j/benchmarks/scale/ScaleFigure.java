package asyncio4j.benchmarks.scale;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one case has cost at one size; a line of JSON between the processes, and an object of the
 * array that {@link ScaleMain} writes.
 *
 * @param name the case; {@code "case"} in JSON
 * @param peer {@code asyncio4j}, {@code CPython}, {@code uvloop} or {@code Kotlin}
 * @param engine {@code virtual threads} or {@code continuations}; empty but for asyncio4j
 * @param n how many
 * @param seconds for all of them together; null if it couldn't be done
 * @param pauses the seconds of those that the collector took; null or nothing if it took none, or
 *     isn't Java's
 * @param bytes for all of them together: the heap that they hold, or what was allocated for them;
 *     null if it couldn't be done
 * @param note why it couldn't be done, else empty
 */
public record ScaleFigure(
        String name,
        String peer,
        String engine,
        int n,
        @Nullable Double seconds,
        @Nullable Double pauses,
        @Nullable Long bytes,
        String note) {

    private static final Pattern FIELD =
            Pattern.compile("\"(\\w+)\": *(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}\\s]+))");

    /** This as an object of JSON, on one line. */
    public String json() {
        return String.format(
                Locale.ROOT,
                "{\"case\": \"%s\", \"peer\": \"%s\", \"engine\": \"%s\", \"n\": %d, \"seconds\":"
                        + " %s%s, \"bytes\": %s%s}",
                name,
                peer,
                engine,
                n,
                seconds == null ? "null" : String.format(Locale.ROOT, "%.9f", seconds),
                pauses == null || pauses == 0
                        ? ""
                        : String.format(Locale.ROOT, ", \"pauses\": %.3f", pauses),
                bytes,
                note.isEmpty() ? "" : ", \"note\": \"" + escaped(note) + "\"");
    }

    /** The figure that {@link #json} has written. */
    static ScaleFigure parse(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = FIELD.matcher(line);
        while (matcher.find()) {
            String text = matcher.group(2);
            fields.put(matcher.group(1), text == null ? matcher.group(3) : text);
        }
        String seconds = field(fields, "seconds", line);
        String pauses = fields.get("pauses");
        String bytes = field(fields, "bytes", line);
        return new ScaleFigure(
                field(fields, "case", line),
                field(fields, "peer", line),
                field(fields, "engine", line),
                Integer.parseInt(field(fields, "n", line)),
                seconds.equals("null") ? null : Double.valueOf(seconds),
                pauses == null ? null : Double.valueOf(pauses),
                bytes.equals("null") ? null : Long.valueOf(bytes),
                fields.getOrDefault("note", "").replace("\\\"", "\"").replace("\\\\", "\\"));
    }

    private static String field(Map<String, String> fields, String key, String line) {
        return Objects.requireNonNull(fields.get(key), () -> "no " + key + " in " + line);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    }
}
