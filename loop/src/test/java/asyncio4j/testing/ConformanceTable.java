package asyncio4j.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The contracts of {@code contracts.txt}, and the tests that name them with {@link Contract}. */
public final class ConformanceTable {

    /** One line of {@code contracts.txt}; {@code missing} is empty if the whole contract holds. */
    private record Entry(int number, String area, String sentence, String missing) {

        static Entry parse(String line) {
            String[] fields = line.split(" \\| ", -1);
            if (fields.length < 3 || fields.length > 4) {
                throw new IllegalArgumentException(
                        "contracts.txt: write number | area | contract, not: " + line);
            }
            return new Entry(
                    Integer.parseInt(fields[0]),
                    fields[1],
                    fields[2],
                    fields.length == 4 ? fields[3] : "");
        }
    }

    private final List<Entry> entries;

    /** For each contract the classes, and for each of those the methods, in alphabetical order. */
    private final Map<Integer, SortedMap<String, SortedSet<String>>> tests = new LinkedHashMap<>();

    private final List<String> unknown = new ArrayList<>();

    private final List<String> notRun = new ArrayList<>();

    private ConformanceTable(List<Entry> entries) {
        this.entries = entries;
        entries.forEach(entry -> tests.put(entry.number(), new TreeMap<>()));
    }

    /** The table of all test classes that were compiled to the same place as {@code one}. */
    public static ConformanceTable ofTheTestsBeside(Class<?> one) {
        ConformanceTable table = new ConformanceTable(readEntries());
        TestMethods.beside(one).forEach(table::add);
        return table;
    }

    private static List<Entry> readEntries() {
        try (InputStream in = ConformanceTable.class.getResourceAsStream("/contracts.txt")) {
            if (in == null) {
                throw new IllegalStateException(
                        "contracts.txt is missing among the test resources");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Entry::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Method method) {
        Contract contract = method.getAnnotation(Contract.class);
        if (contract == null) {
            return;
        }
        String className = TestMethods.className(method);
        if (!TestMethods.isRun(method)) {
            notRun.add(className + "." + method.getName());
        }
        for (int number : contract.value()) {
            SortedMap<String, SortedSet<String>> classes = tests.get(number);
            if (classes == null) {
                unknown.add(className + "." + method.getName() + ": " + number);
            } else {
                classes.computeIfAbsent(className, name -> new TreeSet<>()).add(method.getName());
            }
        }
    }

    /** The numbers of the contracts, in the order of the list. */
    public List<Integer> numbers() {
        return entries.stream().map(Entry::number).toList();
    }

    /** Tests that name a contract that isn't in the list. */
    public List<String> unknown() {
        return unknown;
    }

    /** Methods that name a contract but that JUnit doesn't run. */
    public List<String> notRun() {
        return notRun;
    }

    /** The numbers of the contracts that no test names. */
    public List<Integer> withoutTests() {
        return numbers().stream().filter(number -> tests.get(number).isEmpty()).toList();
    }

    /** The part of the document that lists the contracts. */
    public String render() {
        StringBuilder text = new StringBuilder();
        text.append("## Contracts\n\n");
        text.append("*Not yet*: what the contract is about isn't in the library yet.\n\n");
        text.append("| No. | Area | Contract | Tests |\n| ---: | --- | --- | --- |\n");
        for (Entry entry : entries) {
            text.append(
                    "| %d | %s | %s | %s |\n"
                            .formatted(
                                    entry.number(),
                                    entry.area(),
                                    entry.sentence(),
                                    renderTests(entry)));
        }
        return text.toString();
    }

    private String renderTests(Entry entry) {
        SortedMap<String, SortedSet<String>> classes = tests.get(entry.number());
        if (classes.isEmpty()) {
            return "*not yet*";
        }
        String shown =
                classes.entrySet().stream()
                        .map(each ->
                                each.getKey()
                                        + ": "
                                        + each.getValue().stream()
                                                .map(name -> "`" + name + "`")
                                                .collect(Collectors.joining(", ")))
                        .collect(Collectors.joining("<br>"));
        return entry.missing().isEmpty() ? shown : shown + "<br>*not yet*: " + entry.missing();
    }
}
