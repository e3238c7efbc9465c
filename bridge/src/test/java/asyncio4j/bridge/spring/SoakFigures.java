package asyncio4j.bridge.spring;

import com.sun.management.HotSpotDiagnosticMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.JMException;
import javax.management.ObjectName;

/** What the JVM says of itself, for {@link SoakTest}. */
final class SoakFigures {

    /** A line of the histogram: its number, how many, their bytes, their class. */
    private static final Pattern LINE =
            Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +(asyncio4j\\.[\\w.$]+)");

    private SoakFigures() {}

    /** The least of so many measurements of the bytes in use after a collection. */
    static long heapAfterGc(int times) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            System.gc();
            least =
                    Math.min(
                            least,
                            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** How many reachable objects there are of each of the library's classes. */
    static Map<String, Long> liveObjects() throws JMException {
        String histogram =
                (String)
                        ManagementFactory.getPlatformMBeanServer()
                                .invoke(
                                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                        "gcClassHistogram",
                                        new Object[] {new String[0]},
                                        new String[] {String[].class.getName()});
        Map<String, Long> live = new TreeMap<>();
        for (Matcher line = LINE.matcher(histogram); line.find(); ) {
            live.merge(line.group(2), Long.valueOf(line.group(1)), Long::sum);
        }
        return live;
    }

    /** How many fibers on virtual threads there are, and how many of them are suspended. */
    record Fibers(int all, int suspended) {}

    /** The fibers of all loops, with the stacks of those that are suspended in {@code stacks}. */
    static Fibers fibers(StringBuilder stacks) throws IOException {
        Path directory = Files.createTempDirectory("soak");
        Path file = directory.resolve("threads");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(
                            file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            int all = 0;
            int suspended = 0;
            for (String thread : Files.readString(file).split("\n\n", -1)) {
                if (thread.contains("VirtualThreadEngine.pump(")) {
                    all++;
                    if (thread.contains("VirtualThreadEngine.awaitTurn(")) {
                        suspended++;
                        stacks.append(thread).append("\n\n");
                    }
                }
            }
            return new Fibers(all, suspended);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
