package asyncio4j.bridge.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The examples in the Javadoc of main sources, and the compiler for them. */
public final class Snippets {

    private static final Pattern BEGIN = Pattern.compile("\\{@snippet[^:\\n]*:[^\\n]*\\n");

    /**
     * One example.
     *
     * @param file the source that it stands in
     * @param line where its first line is, from 1
     * @param body its lines, without the comment around them
     */
    public record Snippet(Path file, int line, String body) {}

    private Snippets() {}

    /** All examples of the sources under {@code folder}. */
    public static List<Snippet> under(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .flatMap(file -> in(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Snippet> in(Path file) {
        String text = read(file);
        List<Snippet> found = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        while (begin.find()) {
            int line = (int) text.substring(0, begin.end()).lines().count() + 1;
            String body =
                    text.substring(begin.end(), end(text, begin.end()))
                            .lines()
                            .map(each -> each.replaceFirst("^ *\\* ?", ""))
                            .collect(Collectors.joining("\n"));
            found.add(new Snippet(file, line, body));
        }
        return found;
    }

    /** Where the brace is that closes the example: its own braces come in pairs. */
    private static int end(String text, int begin) {
        int open = 1;
        for (int i = begin; i < text.length(); i++) {
            char c = text.charAt(i);
            open += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("a snippet without an end");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Compiles each example as the body of a method that may throw anything, and says what the
     * compiler has against them, by file and line.
     *
     * @param snippets the examples
     * @param imports the import declarations
     * @param stubs members of the class around each, for names that examples don't declare
     * @param output an empty folder
     * @param classPath classes out of every folder and jar that the examples need
     */
    public static List<String> compile(
            List<Snippet> snippets,
            String imports,
            String stubs,
            Path output,
            List<Class<?>> classPath) {
        JavaCompiler compiler =
                Objects.requireNonNull(
                        ToolProvider.getSystemJavaCompiler(), "the tests need a JDK, not a JRE");
        List<Source> sources = new ArrayList<>();
        for (Snippet snippet : snippets) {
            sources.add(new Source("Snippet" + sources.size(), snippet, imports, stubs));
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-nowarn",
                        "-d",
                        output.toString(),
                        "-classpath",
                        classPath.stream()
                                .map(Snippets::location)
                                .distinct()
                                .collect(Collectors.joining(System.getProperty("path.separator"))));
        compiler.getTask(null, null, problems, options, null, sources).call();
        return problems.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(Snippets::describe)
                .toList();
    }

    private static String location(Class<?> of) {
        try {
            return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String describe(Diagnostic<? extends JavaFileObject> problem) {
        String message = problem.getMessage(Locale.ENGLISH);
        if (!(problem.getSource() instanceof Source source)) {
            return message;
        }
        long line = source.snippet.line() + problem.getLineNumber() - source.linesBefore - 1;
        return source.snippet.file().getFileName() + ":" + line + ": " + message;
    }

    /** One example as a source file. */
    private static final class Source extends SimpleJavaFileObject {

        private final Snippet snippet;

        private final String text;

        private final long linesBefore;

        Source(String name, Snippet snippet, String imports, String stubs) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.snippet = snippet;
            String before =
                    imports
                            + "\nclass "
                            + name
                            + " {\n"
                            + stubs
                            + "\nvoid body() throws Throwable {\n";
            this.linesBefore = before.lines().count();
            this.text = before + snippet.body() + "\n}\n}\n";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
