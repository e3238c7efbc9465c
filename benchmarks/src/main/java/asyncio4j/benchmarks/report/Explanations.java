package asyncio4j.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Why rows miss what is wanted of them, from {@code explanations.md}: profiles, in words. */
record Explanations(Map<String, String> texts) {

    /** Printed where nobody has said why yet. */
    static final String NONE = "It has no explanation yet.";

    private static final String FILE = "explanations.md";

    /** Those of the file beside this class. */
    static Explanations load() {
        try (InputStream in = Explanations.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " isn't on the class path");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts below headings; what comes before the first heading is for those who edit it. */
    static Explanations parse(String markdown) {
        Map<String, String> texts = new LinkedHashMap<>();
        String[] parts = ("\n" + markdown).split("\n## ", -1);
        for (int i = 1; i < parts.length; i++) {
            int end = (parts[i] + "\n").indexOf('\n');
            String heading = parts[i].substring(0, end).strip();
            String text = parts[i].substring(Math.min(end, parts[i].length())).strip();
            if (texts.put(heading, text) != null) {
                throw new IllegalArgumentException(FILE + " has two headings " + heading);
            }
        }
        return new Explanations(texts);
    }

    /** Why that engine misses in that row; empty if nobody has said so yet. */
    String of(String row, Peer ours) {
        String engine = ours == Peer.ASYNCIO4J ? "default" : "continuations";
        return texts.getOrDefault(row + " " + engine, texts.getOrDefault(row + " any", ""));
    }

    /** What is to be said of the rows where a peer is ahead. */
    String ofAhead() {
        return texts.getOrDefault("ahead", "");
    }

    /** What is to be said of latency with that load. */
    String ofLatency(String load) {
        return texts.getOrDefault("latency " + load, "");
    }

    /** Why that case grows as it does. */
    String ofScale(String work) {
        return texts.getOrDefault("scale " + work, "");
    }
}
