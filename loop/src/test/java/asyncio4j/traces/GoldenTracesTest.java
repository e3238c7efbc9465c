package asyncio4j.traces;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Small programs print here what the same ones print with CPython's asyncio, line by line.
 *
 * <p>The programs in Python are in {@code src/test/python}, a folder for each class here and a file
 * for each method; {@code record.py} beside them has written down what they print.
 */
class GoldenTracesTest {

    private static final List<Class<? extends Traces>> GROUPS =
            List.of(
                    CallbacksTraces.class,
                    CancelTraces.class,
                    GatherTraces.class,
                    GeneratorsTraces.class,
                    GroupsTraces.class,
                    LocksTraces.class,
                    RunnerTraces.class,
                    TasksTraces.class,
                    TimeoutsTraces.class,
                    WaitTraces.class);

    private static Path records() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(GoldenTracesTest.class.getResource("/traces")).toURI());
    }

    @TestFactory
    Stream<DynamicTest> programs() throws Exception {
        return names().stream()
                .map(name ->
                        DynamicTest.dynamicTest(
                                name,
                                () ->
                                        assertThat(print(name))
                                                .isEqualTo(
                                                        Files.readString(
                                                                records()
                                                                        .resolve(name + ".txt")))));
    }

    @Test
    void everyProgramIsThereInBothLanguages() throws Exception {
        List<String> inJava = new ArrayList<>();
        for (Class<?> group : GROUPS) {
            for (Method method : group.getDeclaredMethods()) {
                if (!method.isSynthetic() && !Modifier.isPrivate(method.getModifiers())) {
                    inJava.add(
                            folder(group)
                                    + "/"
                                    + method.getName()
                                            .replaceAll("([A-Z])", "_$1")
                                            .toLowerCase(Locale.ROOT));
                }
            }
        }
        assertThat(names()).containsExactlyInAnyOrderElementsOf(inJava);
        assertThat(names()).hasSizeGreaterThanOrEqualTo(80);
        assertThat(Files.readString(records().resolve("version.txt"))).startsWith("cpython 3.");
    }

    private static List<String> names() throws IOException, URISyntaxException {
        Path records = records();
        try (Stream<Path> files = Files.walk(records)) {
            return files.filter(file -> file.getNameCount() == records.getNameCount() + 2)
                    .map(file -> records.relativize(file).toString().replace('\\', '/'))
                    .map(file -> file.substring(0, file.length() - ".txt".length()))
                    .sorted()
                    .toList();
        }
    }

    private static String folder(Class<?> group) {
        String name = group.getSimpleName();
        return name.substring(0, name.length() - "Traces".length()).toLowerCase(Locale.ROOT);
    }

    /** Runs a program, and gives what it prints. */
    private static String print(String name) throws Exception {
        Path path = Path.of(name);
        Class<? extends Traces> group =
                GROUPS.stream()
                        .filter(each -> folder(each).equals(path.getName(0).toString()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no class for " + name));
        String method =
                Pattern.compile("_(.)")
                        .matcher(path.getName(1).toString())
                        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        Traces program = group.getDeclaredConstructor().newInstance();
        try {
            group.getDeclaredMethod(method).invoke(program);
        } catch (InvocationTargetException e) {
            throw new AssertionError(name + " failed after\n" + program.printed(), e.getCause());
        }
        return program.printed();
    }
}
