package asyncio4j.benchmarks.report;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that a run has measured, as the JSON beside the page has it.
 *
 * @param date when it was
 * @param mode short or full
 * @param rounds how often everything was measured
 * @param iterations how many JMH had in each round, after twice as many to warm up
 * @param millis how long each of them was
 * @param machine the processors and the system
 * @param otherWork which share of the processors other work took, before each round and at the end
 * @param versions of the JDK and of all that is compared
 * @param leftOut what wasn't measured, and why
 * @param figures the rows of the tables; nanoseconds, or bytes for the heap
 * @param allocated bytes that an operation allocates
 * @param scale time and bytes from a thousand up
 * @param latency from a completion on another thread until the waiting side goes on
 */
record Results(
        String date,
        String mode,
        int rounds,
        int iterations,
        int millis,
        String machine,
        List<Double> otherWork,
        Map<String, String> versions,
        List<String> leftOut,
        List<Figures.Cell> figures,
        List<Figures.Cell> allocated,
        List<ScalePoint> scale,
        List<LatencyPoint> latency) {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static Results read(Path file) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), Results.class);
        } catch (JacksonException e) {
            throw new IOException(file + " isn't what a run has written: " + e.getMessage(), e);
        }
    }

    /** Reads an array that another of the programs has written. */
    static <T> List<T> readArray(Path file, Class<T[]> type) throws IOException {
        try {
            return List.of(MAPPER.readValue(Files.readString(file), type));
        } catch (JacksonException e) {
            throw new IOException(file + " isn't as expected: " + e.getMessage(), e);
        }
    }

    void write(Path file) throws IOException {
        Files.writeString(file, json());
    }

    /** A line for each figure. */
    String json() {
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter(
                                Separators.createDefaultInstance()
                                        .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                                        .withObjectEntrySpacing(Separators.Spacing.AFTER)
                                        .withArrayElementSpacing(Separators.Spacing.AFTER)
                                        .withObjectEmptySeparator("")
                                        .withArrayEmptySeparator(""))
                        .withObjectIndenter(new Shallow(1))
                        .withArrayIndenter(new Shallow(2));
        return MAPPER.writer().with(printer).writeValueAsString(this) + "\n";
    }

    /** Breaks lines down to that depth. */
    private static final class Shallow extends DefaultIndenter {

        private static final long serialVersionUID = 1;

        private final int depth;

        Shallow(int depth) {
            super("  ", "\n");
            this.depth = depth;
        }

        @Override
        public void writeIndentation(JsonGenerator out, int level) {
            if (level <= depth) {
                super.writeIndentation(out, level);
            }
        }
    }
}
