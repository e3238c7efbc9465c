package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

class ProgressTest {

    @Test
    void theRestIsExpectedToBeAsSlowAsWhatIsDone() {
        long[] now = {5};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Progress progress = new Progress(out, () -> now[0], 100);

        progress.step("one", 50);
        now[0] += 110_000_000_000L;
        progress.step("other", 50);
        now[0] += 90_000_000_000L;
        progress.end();

        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines)
                .containsExactly(
                        "[  0%] one; 1 min 40 s left",
                        "[ 50%] other; 1 min 40 s left", "[100%] took 3 min 20 s");
    }
}
