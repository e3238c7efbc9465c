package asyncio4j;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.testing.Snippets;
import asyncio4j.testing.Snippets.Snippet;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The examples in the Javadoc compile as they stand. */
class SnippetsTest {

    /** Those of other than this library's packages. */
    private static final String IMPORTS =
            """
            import java.time.Duration;
            import java.util.*;
            import java.util.function.*;
            import static asyncio4j.Asyncio.*;
            """;

    /** What examples use without declaring it. */
    private static final String STUBS =
            """
            String url;
            AutoCloseable connection;
            static void serve(AutoCloseable connection) {}
            static Coroutine<String> download(String url) { return () -> url; }
            """;

    @TempDir private Path output;

    private static Path sources() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("loop/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder.resolve("loop/src/main/java");
    }

    /** Everything that the module exports to all. */
    private static String exported() throws IOException {
        String module = Files.readString(sources().resolve("module-info.java"));
        return Pattern.compile("exports ([\\w.]+);")
                .matcher(module)
                .results()
                .map(match -> "import " + match.group(1) + ".*;\n")
                .collect(Collectors.joining());
    }

    private List<String> compile(List<Snippet> snippets) throws IOException {
        return Snippets.compile(
                snippets,
                exported() + IMPORTS,
                STUBS,
                output,
                List.of(Asyncio.class, Nullable.class));
    }

    @Test
    void allExamplesCompile() throws IOException {
        List<Snippet> snippets = Snippets.under(sources());
        assertThat(snippets).hasSizeGreaterThan(10);
        assertThat(compile(snippets)).isEmpty();
    }

    @Test
    void oneThatDoesntCompileIsNamedByItsFileAndLine() throws IOException {
        Path file = Path.of("Broken.java");
        assertThat(
                        compile(
                                List.of(
                                        new Snippet(file, 7, "int fine = 1;"),
                                        new Snippet(file, 20, "int a = 1;\nint b = unknown;"))))
                .singleElement()
                .asString()
                .startsWith("Broken.java:21: cannot find symbol")
                .contains("unknown");
    }
}
