package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import asyncio4j.testing.CPythonTable;
import asyncio4j.testing.ConformanceTable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * The table of contracts and of the tests that show them is whole, and is what {@code
 * docs/conformance.md} says.
 */
class ConformanceTableTest {

    /** Set to rewrite the document instead of comparing it. */
    private static final String UPDATE = "conformance.update";

    private final ConformanceTable table =
            ConformanceTable.ofTheTestsBeside(ConformanceTableTest.class);

    private final CPythonTable cpython = CPythonTable.ofTheTestsBeside(ConformanceTableTest.class);

    private final Path document = repository().resolve("docs/conformance.md");

    private static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("loop/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder == null
                ? fail(
                        "the tests have to run inside the repository, not in "
                                + Path.of("").toAbsolutePath())
                : folder;
    }

    @Test
    void theListHasEveryNumberOnceAndInOrder() {
        assertThat(table.numbers()).isEqualTo(IntStream.rangeClosed(1, 75).boxed().toList());
    }

    @Test
    void testsNameContractsThatThereAreAndAreRun() {
        assertThat(table.unknown())
                .as("@Contract with a number that isn't in contracts.txt")
                .isEmpty();
        assertThat(table.notRun()).as("@Contract on a method that JUnit doesn't run").isEmpty();
    }

    @Test
    void testsNameTestsOfCPythonThatThereAreAndAreRun() {
        assertThat(cpython.unknown())
                .as("@CPythonTest with a name that isn't shown by a list in cpython/")
                .isEmpty();
        assertThat(cpython.notRun())
                .as("@CPythonTest on a method that JUnit doesn't run")
                .isEmpty();
    }

    @Test
    void everyTestOfCPythonThatIsntLeftOutIsShownByATest() {
        assertThat(cpython.withoutTests())
                .as("tests without one that shows the same: annotate one with @CPythonTest")
                .isEmpty();
        assertThat(cpython.shown()).isGreaterThanOrEqualTo(490);
    }

    @Test
    void everyContractIsShownByATest() {
        assertThat(table.withoutTests())
                .as("contracts without a test: annotate one with @Contract")
                .isEmpty();
    }

    @Test
    void theDocumentIsUpToDate() throws IOException {
        String wanted =
                """
                # Conformance

                What asyncio promises, and the tests of `loop` that show that it holds here. Made from
                `contracts.txt` and `cpython/` in `loop/src/test/resources`, and from the tests'
                `@Contract` and `@CPythonTest` annotations, by

                ```
                %s
                ```

                %s
                %s\
                """
                        .formatted(
                                "mvn -pl loop test -Dtest=ConformanceTableTest -D" + UPDATE,
                                table.render(),
                                cpython.render());
        if (System.getProperty(UPDATE) != null) {
            Files.createDirectories(document.getParent());
            Files.writeString(document, wanted);
        }
        String present =
                Files.exists(document) ? Files.readString(document).replace("\r\n", "\n") : "";
        assertThat(present.equals(wanted))
                .withFailMessage(
                        "docs/conformance.md is not up to date; rewrite it with\n"
                                + "  mvn -pl loop test -Dtest=ConformanceTableTest -D"
                                + UPDATE)
                .isTrue();
    }
}
