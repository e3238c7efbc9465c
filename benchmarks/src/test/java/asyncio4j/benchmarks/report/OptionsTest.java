package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

class OptionsTest {

    private static final String[] WORDS = {
        "template=page.md",
        "output=docs",
        "mode=short",
        "rounds=2",
        "iterations=3",
        "millis=300",
        "parts=tasks,python",
        "python=",
        "uvloop=/opt/python"
    };

    @Test
    void wordsAreRead() {
        Options options = Options.parse(WORDS);

        assertThat(options.output()).isEqualTo(Path.of("docs"));
        assertThat(options.rounds()).isEqualTo(2);
        assertThat(options.iterations()).isEqualTo(3);
        assertThat(options.parts()).containsExactly(Part.TASKS, Part.PYTHON);
        assertThat(options.python()).isEmpty();
        assertThat(options.uvloopPython()).isEqualTo("/opt/python");
        assertThat(options.full()).isFalse();
    }

    @Test
    void noPartsMeansThePageAlone() {
        assertThat(Options.parse(with("parts=")).parts()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(with("rounds=0")))
                .withMessage("rounds is a number from 1 up, not '0'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(with("mode=long")))
                .withMessage("mode is short or full, not long");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(with("parts=tasks,foo")))
                .withMessageStartingWith("there is no part 'foo'; there are tasks, reactor");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--full"))
                .withMessageStartingWith("'--full' isn't name=value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("mode=short"))
                .withMessage("template is missing");
    }

    @Test
    void theScriptKnowsTheSameParts() throws IOException {
        String words =
                Arrays.stream(Part.values()).map(Part::word).collect(Collectors.joining(" "));

        assertThat(Files.readString(Path.of("run"))).contains("\nparts=(" + words + ")\n");
    }

    private static String[] with(String word) {
        String name = word.substring(0, word.indexOf('=') + 1);
        return Arrays.stream(WORDS)
                .map(other -> other.startsWith(name) ? word : other)
                .toArray(String[]::new);
    }
}
