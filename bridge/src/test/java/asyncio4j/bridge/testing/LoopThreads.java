package asyncio4j.bridge.testing;

import asyncio4j.EventLoop;

import com.sun.management.HotSpotDiagnosticMXBean;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The threads of a loop, by a dump of all the JVM has, virtual ones too. */
public final class LoopThreads {

    private LoopThreads() {}

    /** The dump's line of each thread of {@code loop}. */
    public static List<String> of(EventLoop loop) {
        String text = loop.toString();
        String name = '"' + text.substring(0, text.indexOf('['));
        Path file = null;
        try {
            file = Files.createTempDirectory("asyncio4j").resolve("threads.txt");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(
                            file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            return Files.readAllLines(file).stream()
                    .filter(line -> line.contains(name + '"') || line.contains(name + ' '))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
                Files.delete(file.getParent());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
