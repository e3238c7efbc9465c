package asyncio4j.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;

import kotlin.KotlinVersion;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where it was measured, in words: the machine, the JDK and the versions of the libraries. */
final class Environment {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Environment() {}

    /** The processors and the system. */
    static String machine() {
        return "%d processors (%s), %s %s"
                .formatted(
                        SYSTEM.getAvailableProcessors(),
                        processor(),
                        SYSTEM.getName(),
                        SYSTEM.getArch());
    }

    /**
     * How busy the processors are with other work, from 0 to 1, looked at for two seconds in which
     * this program does nothing; negative where it can't be known.
     */
    static double otherWork() throws InterruptedException {
        SYSTEM.getCpuLoad();
        Thread.sleep(Duration.ofSeconds(2));
        return Math.round(SYSTEM.getCpuLoad() * 100) / 100.0;
    }

    /** The JDK and the libraries. */
    static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put(
                "JDK",
                System.getProperty("java.version")
                        + " ("
                        + System.getProperty("java.vendor")
                        + ")");
        versions.put("Kotlin", KotlinVersion.CURRENT.toString());
        versions.put("kotlinx-coroutines", jarVersion("kotlinx-coroutines-core-jvm"));
        versions.put("reactor-core", jarVersion("reactor-core"));
        versions.put("reactor-netty", jarVersion("reactor-netty-core"));
        versions.put("netty", jarVersion("netty-transport"));
        versions.put("jox", jarVersion("channels"));
        return versions;
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("model unknown");
            } catch (IOException e) {
                return "model unknown";
            }
        }
        return "model unknown";
    }

    /** The version of a library on the class path, from its jar's name. */
    private static String jarVersion(String artifact) {
        Matcher matcher =
                Pattern.compile(Pattern.quote(artifact) + "-([0-9][^/\\\\:;]*)\\.jar")
                        .matcher(System.getProperty("java.class.path"));
        return matcher.find() ? matcher.group(1) : "unknown";
    }
}
