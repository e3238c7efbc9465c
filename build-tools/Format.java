import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats the Java sources below a folder, or checks that they are formatted. The build runs it as
 * a single-file program on the JDK that compiles, since a formatter only parses the syntax that its
 * own JDK knows.
 */
public final class Format {
    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    /** More than one pass, where a line that one has broken is joined with the next by another. */
    private static String format(String text) throws FormatterException {
        String before = text;
        for (int pass = 0; pass < 5; pass++) {
            String after = FORMATTER.formatSourceAndFixImports(before);
            if (after.equals(before)) {
                break;
            }
            before = after;
        }
        return before;
    }

    public static void main(String... args) throws IOException {
        if (args.length != 2 || !List.of("check", "apply").contains(args[0])) {
            System.err.println("usage: Format check|apply FOLDER");
            System.exit(2);
        }
        boolean apply = args[0].equals("apply");
        Path root = Path.of(args[1]);
        List<String> unformatted = new ArrayList<>();
        boolean unreadable = false;
        List<Path> sources = sources(root);
        for (Path source : sources) {
            String text = Files.readString(source);
            try {
                String formatted = format(text);
                if (!formatted.equals(text)) {
                    unformatted.add(root.relativize(source).toString());
                    if (apply) {
                        Files.writeString(source, formatted);
                    }
                }
            } catch (FormatterException e) {
                unreadable = true;
                System.err.println(
                        "Not formatted, " + root.relativize(source) + ":" + e.getMessage());
            }
        }
        if (apply) {
            System.out.println(
                    "Formatted " + unformatted.size() + " of " + sources.size() + " Java files.");
        } else if (!unformatted.isEmpty()) {
            unformatted.forEach(name -> System.err.println("  " + name));
            System.err.println(
                    unformatted.size()
                            + " Java files are not formatted; this formats them:"
                            + " mvn -N initialize -Dformat=apply");
        }
        if (unreadable || !apply && !unformatted.isEmpty()) {
            System.exit(1);
        }
    }

    /**
     * The Java files below the root, in a fixed order; build output and hidden folders are left
     * out.
     */
    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        String name = folder.getFileName().toString();
                        boolean skipped =
                                name.equals("target")
                                        || name.startsWith(".") && !folder.equals(root);
                        return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.toString().endsWith(".java")) {
                            found.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(null);
        return found;
    }
}
