package asyncio4j.tck;

import asyncio4j.tck.Results.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code docs/tck.md} has to say: a table for each of the TCK's verifications. */
final class TckDocument {

    private static final Pattern RULE = Pattern.compile("spec(\\d)(\\d\\d)");

    /** What the TCK adds to some reasons depends on which of two threads is faster. */
    private static final Pattern DETAILS = Pattern.compile(" Reason for skipping was:.*");

    /** One verification: a column. */
    private record Column(String verified, Map<String, Result> results) {}

    private final List<Class<?>> classes;

    /** The TCK's reasons, in the order of their first use; a footnote each. */
    private final List<String> reasons = new ArrayList<>();

    /** The rules of which the TCK has a check that tests nothing. */
    private final TreeSet<String> untested = new TreeSet<>(TckDocument::compareRules);

    private TckDocument(List<Class<?>> classes) {
        this.classes = classes;
    }

    /** The one of all test classes beside {@code test}. */
    static TckDocument ofTheTestsBeside(Class<?> test) {
        try {
            Path folder = Path.of(test.getResource("TckDocument.class").toURI()).getParent();
            List<Class<?>> found = new ArrayList<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                    String name = file.getFileName().toString();
                    if (name.endsWith("Test.class")) {
                        found.add(
                                Class.forName(
                                        test.getPackageName()
                                                + "."
                                                + name.substring(0, name.length() - 6)));
                    }
                }
            }
            return new TckDocument(found);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The verifications that have no results of a run. */
    List<String> notRun() throws IOException {
        List<String> missing = new ArrayList<>();
        for (Class<?> type : classes) {
            if (type.isAnnotationPresent(Verified.class) && Results.of(type).isEmpty()) {
                missing.add(type.getSimpleName());
            }
        }
        return missing;
    }

    /** Subclasses of the TCK's verifications that have no column. */
    List<String> notNamed() {
        return classes.stream()
                .filter(type ->
                        Stream.of(
                                        PublisherVerification.class,
                                        SubscriberBlackboxVerification.class,
                                        SubscriberWhiteboxVerification.class,
                                        IdentityProcessorVerification.class)
                                .anyMatch(kind -> kind.isAssignableFrom(type)))
                .filter(type -> !type.isAnnotationPresent(Verified.class))
                .map(Class::getSimpleName)
                .toList();
    }

    /** The tables. */
    String render() throws IOException {
        StringBuilder tables = new StringBuilder();
        table(tables, "Publishers", PublisherVerification.class);
        table(tables, "Subscribers, from outside", SubscriberBlackboxVerification.class);
        table(tables, "Subscribers, with a probe", SubscriberWhiteboxVerification.class);
        table(tables, "Processors", IdentityProcessorVerification.class);
        tables.append("## Why a check is not applicable\n\nIn the TCK's words.\n\n");
        for (int i = 0; i < reasons.size(); i++) {
            tables.append(i + 1).append(". ").append(reasons.get(i)).append('\n');
        }
        own(tables);
        return tables.toString();
    }

    private void table(StringBuilder to, String title, Class<?> kind) throws IOException {
        List<Column> columns = new ArrayList<>();
        TreeMap<String, String> checks = new TreeMap<>(TckDocument::compareChecks);
        for (Class<?> type : classes) {
            Verified verified = type.getAnnotation(Verified.class);
            if (verified == null || !kind.isAssignableFrom(type)) {
                continue;
            }
            Map<String, Result> results = new LinkedHashMap<>();
            for (Result result : Results.of(type)) {
                results.put(result.name(), result);
                checks.put(result.name(), rule(result.name()));
            }
            columns.add(new Column(verified.value(), results));
        }
        columns.sort(Comparator.comparing(Column::verified));
        to.append("## ").append(title).append("\n\n`").append(kind.getSimpleName());
        to.append("`\n\n| | verified | passed | not applicable |\n| --- | --- | ---: | ---: |\n");
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            long skipped = count(column, Result.SKIPPED);
            to.append("| ").append(letter(i)).append(" | `").append(column.verified());
            to.append("` | ").append(column.results().size() - skipped);
            to.append(" | ").append(skipped).append(" |\n");
        }
        to.append("\n| rule | check |");
        for (int i = 0; i < columns.size(); i++) {
            to.append(' ').append(letter(i)).append(" |");
        }
        to.append("\n| --- | --- |").append(" :---: |".repeat(columns.size())).append('\n');
        checks.forEach((check, rule) -> {
            to.append("| ").append(rule).append(" | `").append(check).append("` |");
            for (Column column : columns) {
                to.append(' ').append(cell(column.results().get(check))).append(" |");
            }
            to.append('\n');
            if (check.startsWith("untested_")) {
                untested.add(rule);
            }
        });
        to.append('\n');
    }

    private static long count(Column column, String outcome) {
        return column.results().values().stream()
                .filter(result -> result.outcome().equals(outcome))
                .count();
    }

    private String cell(Result result) {
        if (result == null) {
            return "?";
        }
        return switch (result.outcome()) {
            case Result.PASSED -> "passed";
            case Result.PASSED_WITH_ONE -> "passed*";
            case Result.SKIPPED -> "(" + footnote(result.reason()) + ")";
            default -> "FAILED";
        };
    }

    private int footnote(String reason) {
        String stable = DETAILS.matcher(reason).replaceFirst("");
        if (!reasons.contains(stable)) {
            reasons.add(stable);
        }
        return reasons.indexOf(stable) + 1;
    }

    /** The tests of ours, by rule. */
    private void own(StringBuilder to) {
        Map<String, Set<String>> tests = ownTests();
        to.append(
                """

                ## Tests of our own

                By rule. The TCK has no test of those marked with +, or only one that tests nothing.

                | rule | | tests |
                | --- | --- | --- |
                """);
        tests.forEach((rule, names) -> {
            to.append("| ").append(rule).append(" | ");
            to.append(untested.contains(rule) ? "+" : "").append(" | ");
            to.append(String.join(", ", names)).append(" |\n");
        });
    }

    /** The rules that neither the TCK nor a test of ours shows. After {@link #render}. */
    List<String> untestedByAll() {
        TreeSet<String> left = new TreeSet<>(untested);
        left.removeAll(ownTests().keySet());
        return List.copyOf(left);
    }

    private Map<String, Set<String>> ownTests() {
        Map<String, Set<String>> tests = new TreeMap<>(TckDocument::compareRules);
        for (Class<?> type : classes) {
            for (Method method : type.getDeclaredMethods()) {
                Rule rule = method.getAnnotation(Rule.class);
                if (rule == null) {
                    continue;
                }
                if (!method.isAnnotationPresent(Test.class)
                        && !method.isAnnotationPresent(ParameterizedTest.class)) {
                    throw new AssertionError("@Rule on " + method + ", which JUnit doesn't run");
                }
                for (String number : rule.value()) {
                    tests.computeIfAbsent(number, n -> new TreeSet<>())
                            .add("`" + type.getSimpleName() + "." + method.getName() + "`");
                }
            }
        }
        return tests;
    }

    private static String rule(String check) {
        Matcher matcher = RULE.matcher(check);
        return matcher.find() ? matcher.group(1) + "." + Integer.parseInt(matcher.group(2)) : "";
    }

    private static int compareChecks(String a, String b) {
        int byRule = compareRules(rule(a), rule(b));
        return byRule != 0 ? byRule : a.compareTo(b);
    }

    private static int compareRules(String a, String b) {
        return Double.compare(number(a), number(b));
    }

    /** 1.10 comes after 1.9. */
    private static double number(String rule) {
        if (rule.isEmpty()) {
            return 0;
        }
        int dot = rule.indexOf('.');
        return Integer.parseInt(rule.substring(0, dot)) * 100
                + Integer.parseInt(rule.substring(dot + 1));
    }

    private static String letter(int index) {
        return String.valueOf((char) ('A' + index));
    }
}
