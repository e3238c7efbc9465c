package asyncio4j.benchmarks.report;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code benchmarks/run} asks for, as words of the form {@code name=value}.
 *
 * @param template the page whose words around the figures are taken
 * @param output the folder for the page, the JSON and the charts
 * @param mode short or full
 * @param rounds how often everything is measured
 * @param iterations how many JMH has in each round, after twice as many to warm up
 * @param millis how long each of them is
 * @param parts what is measured; nothing: only the page is written, from the JSON
 * @param python the Python to compare with; empty: none
 * @param uvloopPython one that has uvloop; empty: none
 */
record Options(
        Path template,
        Path output,
        String mode,
        int rounds,
        int iterations,
        int millis,
        Set<Part> parts,
        String python,
        String uvloopPython) {

    private static final List<String> NAMES =
            List.of(
                    "template",
                    "output",
                    "mode",
                    "rounds",
                    "iterations",
                    "millis",
                    "parts",
                    "python",
                    "uvloop");

    static Options parse(String... words) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = word.substring(0, Math.max(equals, 0));
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "'%s' isn't name=value with one of %s".formatted(word, NAMES));
            }
            values.put(name, word.substring(equals + 1));
        }
        String mode = required(values, "mode");
        if (!mode.equals("short") && !mode.equals("full")) {
            throw new IllegalArgumentException("mode is short or full, not " + mode);
        }
        return new Options(
                Path.of(required(values, "template")),
                Path.of(required(values, "output")),
                mode,
                number(values, "rounds"),
                number(values, "iterations"),
                number(values, "millis"),
                parts(required(values, "parts")),
                values.getOrDefault("python", ""),
                values.getOrDefault("uvloop", ""));
    }

    boolean full() {
        return mode.equals("full");
    }

    private static Set<Part> parts(String words) {
        List<Part> parts =
                Arrays.stream(words.split(",")).filter(w -> !w.isEmpty()).map(Part::of).toList();
        Set<Part> set = EnumSet.noneOf(Part.class);
        set.addAll(parts);
        return set;
    }

    private static int number(Map<String, String> values, String name) {
        String value = required(values, name);
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(
                    "%s is a number from 1 up, not '%s'".formatted(name, value));
        }
        return Integer.parseInt(value);
    }

    private static String required(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
