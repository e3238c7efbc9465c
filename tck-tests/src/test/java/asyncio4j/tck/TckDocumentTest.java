package asyncio4j.tck;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code docs/tck.md} says what became of the TCK's checks in this build: of all of them, and
 * nothing else. It runs in a JVM of its own, after the TCK.
 */
class TckDocumentTest {

    /** Set to rewrite the document instead of comparing it. */
    private static final String UPDATE = "tck.update";

    private static final String COMMAND = "mvn -pl tck-tests -am verify -D" + UPDATE;

    private final TckDocument document = TckDocument.ofTheTestsBeside(TckDocumentTest.class);

    @Test
    void everyVerificationSaysWhatItIsAboutAndWasRun() throws IOException {
        assertThat(document.notNamed()).as("verifications without @Verified").isEmpty();
        assertThat(document.notRun())
                .as("verifications without results: run all tests of tck-tests before this one")
                .isEmpty();
    }

    @Test
    void whatTheTckLeavesUntestedIsShownByTestsOfOurOwn() throws IOException {
        var _ = document.render();
        assertThat(document.untestedByAll())
                .as("rules without a test: annotate one with @Rule")
                .isEmpty();
    }

    @Test
    void theDocumentIsUpToDate() throws IOException {
        String wanted =
                """
                # The Reactive Streams TCK

                What the official TCK says of every Publisher and Subscriber that the bridge makes. Made from
                the results of the build's own run, in which no check is left out, by

                ```
                %s
                ```

                Publishers are subscribed to without the wrapper that Reactor puts around subscribers of other
                makes, which keeps rules 1.3 and 3.9 on behalf of any publisher: what is verified is the bridge's
                own. A number in brackets is the TCK's reason for not running a check, below the tables; the names
                of those that test nothing begin with `untested_`, of those that needn't hold with
                `optional_`. A star says that the check was run with one element, as there is, or is taken, no
                more than one, where the TCK has several.

                %s\
                """
                        .formatted(COMMAND, document.render());
        Path file = Repository.folder().resolve("docs/tck.md");
        if (System.getProperty(UPDATE) != null) {
            Files.writeString(file, wanted);
        }
        String present = Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "";
        assertThat(present.equals(wanted))
                .withFailMessage("docs/tck.md is not up to date; rewrite it with\n  " + COMMAND)
                .isTrue();
    }
}
