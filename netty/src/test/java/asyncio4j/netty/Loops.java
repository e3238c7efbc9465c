package asyncio4j.netty;

import asyncio4j.Runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What the tests have in common. */
final class Loops {

    private Loops() {}

    /** Those to run a test with. */
    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    static Runner runner(Transport transport) {
        return Runner.builder()
                .loopFactory(NettyLoop.factory(NettyLoopOptions.DEFAULT.transport(transport)))
                .build();
    }

    /** How many files this process has open that are epoll's or event counters. */
    static long pollers() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(Loops::isPoller).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPoller(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("anon_inode:");
        } catch (IOException e) {
            return false; // that of the listing itself
        }
    }
}
