package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.child.WatchedPrograms;
import asyncio4j.testing.ChildJvm;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * A runtime image may be small: JMX, the Flight Recorder and attaching are for those who have them.
 */
class MissingModulesTest {

    @Test
    void aProgramRunsWithoutThem() throws IOException, InterruptedException {
        try (ChildJvm child =
                ChildJvm.start(
                        WatchedPrograms.class,
                        "short",
                        "--limit-modules",
                        "java.base,java.logging,jdk.unsupported")) {
            assertThat(child.rest()).containsExactly("ran", "end");
            assertThat(child.exitCode()).isZero();
            assertThat(child.errors()).isEmpty();
        }
    }
}
