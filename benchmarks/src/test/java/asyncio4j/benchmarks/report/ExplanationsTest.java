package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.stream.Collectors;

class ExplanationsTest {

    @Test
    void aTextIsFoundByRowAndEngine() {
        Explanations explanations =
                Explanations.parse(
                        """
                        For those who edit it.

                        ## switch default

                        One.
                        Two.

                        ## parallel any
                        Both.

                        ## scale chain
                        Deep.
                        """);

        assertThat(explanations.of("switch", Peer.ASYNCIO4J)).isEqualTo("One.\nTwo.");
        assertThat(explanations.of("switch", Peer.ASYNCIO4J_CONTINUATIONS)).isEmpty();
        assertThat(explanations.of("parallel", Peer.ASYNCIO4J)).isEqualTo("Both.");
        assertThat(explanations.of("parallel", Peer.ASYNCIO4J_CONTINUATIONS)).isEqualTo("Both.");
        assertThat(explanations.ofScale("chain")).isEqualTo("Deep.");
        assertThat(explanations.ofScale("gather")).isEmpty();
    }

    @Test
    void twoTextsForTheSameAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Explanations.parse("## a any\nx\n## a any\ny\n"))
                .withMessageContaining("a any");
    }

    @Test
    void eachTextOfTheFileIsForARowThatThereIs() {
        Set<String> rows =
                Section.ALL.stream()
                        .flatMap(section -> section.rows().stream())
                        .map(Row::key)
                        .collect(Collectors.toSet());

        Explanations.load()
                .texts()
                .forEach((heading, text) -> {
                    assertThat(text).as(heading).isNotBlank();
                    if (heading.equals("ahead")) {
                        return;
                    }
                    String[] words = heading.split(" ", -1);
                    assertThat(words).as(heading).hasSize(2);
                    if (!words[0].equals("scale") && !words[0].equals("latency")) {
                        assertThat(rows).contains(words[0]);
                        assertThat(words[1]).isIn("default", "continuations", "any");
                    }
                });
    }
}
