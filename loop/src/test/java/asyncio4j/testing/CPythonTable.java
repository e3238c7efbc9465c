package asyncio4j.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tests of CPython's own suite, and the tests that name them with {@link CPythonTest}.
 *
 * <p>Each of its files has one here, {@code cpython/FILE.txt}: a line for each test, {@code name |
 * behaviour} for those that are shown, {@code - name | reason} for those that are left out.
 */
public final class CPythonTable {

    /** How many tests of a file show behaviour that any port can show, by the project's target. */
    private static final Map<String, Integer> FILES = new LinkedHashMap<>();

    /** Files beyond the target. */
    private static final List<String> MORE =
            List.of("test_events", "test_threads", "test_staggered", "test_futures2");

    static {
        FILES.put("test_runners", 27);
        FILES.put("test_tasks", 126);
        FILES.put("test_futures", 32);
        FILES.put("test_base_events", 34);
        FILES.put("test_taskgroups", 39);
        FILES.put("test_timeouts", 32);
        FILES.put("test_waitfor", 19);
        FILES.put("test_locks", 73);
        FILES.put("test_queues", 39);
        FILES.put("test_eager_task_factory", 13);
        FILES.put("test_pep492", 3);
        FILES.put("test_asyncio.test_context", 1);
        FILES.put("test_context", 16);
        FILES.put("test_asyncgen", 42);
        FILES.put("test_events", 23);
        FILES.put("test_threads", 6);
        FILES.put("test_staggered", 5);
        FILES.put("test_futures2", 3);
    }

    /** One test of CPython's. */
    private record Entry(String file, String name, boolean leftOut, String text) {

        String id() {
            return file + "::" + name;
        }

        static Entry parse(String file, String line) {
            int bar = line.indexOf(" | ");
            if (bar < 0 || bar + 3 == line.length()) {
                throw new IllegalArgumentException(
                        "cpython/"
                                + file
                                + ".txt: write 'name | behaviour' or '- name | reason', not: "
                                + line);
            }
            boolean leftOut = line.startsWith("- ");
            return new Entry(
                    file, line.substring(leftOut ? 2 : 0, bar), leftOut, line.substring(bar + 3));
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private final Map<String, SortedSet<String>> tests = new LinkedHashMap<>();

    private final List<String> unknown = new ArrayList<>();

    private final List<String> notRun = new ArrayList<>();

    private CPythonTable() {}

    /** The table of all test classes that were compiled to the same place as {@code one}. */
    public static CPythonTable ofTheTestsBeside(Class<?> one) {
        CPythonTable table = new CPythonTable();
        FILES.keySet().forEach(table::read);
        TestMethods.beside(one).forEach(table::add);
        return table;
    }

    private void read(String file) {
        try (InputStream in = CPythonTable.class.getResourceAsStream("/cpython/" + file + ".txt")) {
            if (in == null) {
                throw new IllegalStateException("cpython/" + file + ".txt is missing");
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Entry.parse(file, line))
                    .forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Entry entry) {
        if (entries.put(entry.id(), entry) != null) {
            throw new IllegalStateException("twice in the list: " + entry.id());
        }
        tests.put(entry.id(), new TreeSet<>());
    }

    private void add(Method method) {
        CPythonTest shows = method.getAnnotation(CPythonTest.class);
        if (shows == null) {
            return;
        }
        String name = TestMethods.className(method) + "." + method.getName();
        if (!TestMethods.isRun(method)) {
            notRun.add(name);
        }
        for (String id : shows.value()) {
            Entry entry = entries.get(id);
            if (entry == null || entry.leftOut()) {
                unknown.add(name + ": " + id);
            } else {
                tests.get(id).add(name);
            }
        }
    }

    /** Tests that name one that isn't in the list, or that the list says is left out. */
    public List<String> unknown() {
        return unknown;
    }

    /** Methods that name a test of CPython's but that JUnit doesn't run. */
    public List<String> notRun() {
        return notRun;
    }

    /** The tests of CPython's that the list says are shown, and that no test names. */
    public List<String> withoutTests() {
        return entries.values().stream()
                .filter(entry -> !entry.leftOut() && tests.get(entry.id()).isEmpty())
                .map(Entry::id)
                .toList();
    }

    /**
     * How much of the target is shown: of each file at most as many tests as the target counts, so
     * that more of one can't make up for less of another.
     */
    public long shown() {
        return FILES.entrySet().stream()
                .filter(file -> !MORE.contains(file.getKey()))
                .mapToLong(file -> Math.min(shown(file.getKey()), file.getValue()))
                .sum();
    }

    private long shown(String file) {
        return entries.values().stream()
                .filter(entry -> entry.file().equals(file) && !tests.get(entry.id()).isEmpty())
                .count();
    }

    /** The part of the document that lists CPython's tests. */
    public String render() {
        StringBuilder text = new StringBuilder();
        text.append("## CPython's tests\n\n");
        text.append(
                """
                The tests of CPython 3.13's own suite, file by file: what each shows, and which test
                of `loop` shows it here. *Target* is how many of a file's tests show behaviour that a
                port can have; the rest is about object internals, reference counts, transports and
                the like. What is left out says why.

                | File | Tests | Target | Shown |
                | --- | ---: | ---: | ---: |
                """);
        for (String file : FILES.keySet()) {
            long all = entries.values().stream().filter(e -> e.file().equals(file)).count();
            text.append(
                    "| [%s](#%s) | %d | %d | %d |\n"
                            .formatted(
                                    file,
                                    file.replace(".", ""),
                                    all,
                                    FILES.get(file),
                                    shown(file)));
        }
        text.append(
                ("\nThe last four are beyond the target of %d. Of that, %d are shown, where of each"
                                + " file no more are counted than its target.\n")
                        .formatted(target(), shown()));
        for (String file : FILES.keySet()) {
            text.append("\n### ").append(file).append("\n\n");
            text.append("| Test | Behaviour | Shown by |\n| --- | --- | --- |\n");
            entries.values().stream()
                    .filter(entry -> entry.file().equals(file))
                    .forEach(entry -> text.append(renderEntry(entry)));
        }
        return text.toString();
    }

    private static int target() {
        return FILES.entrySet().stream()
                .filter(entry -> !MORE.contains(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private String renderEntry(Entry entry) {
        return entry.leftOut()
                ? "| %s | *left out*: %s | |\n".formatted(entry.name(), entry.text())
                : "| %s | %s | %s |\n"
                        .formatted(
                                entry.name(),
                                entry.text(),
                                String.join("<br>", tests.get(entry.id())));
    }
}
