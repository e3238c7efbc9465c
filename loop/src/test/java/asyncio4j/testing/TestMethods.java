package asyncio4j.testing;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The methods of all classes that were compiled to one place. */
final class TestMethods {

    private static final String ROOT_PACKAGE = "asyncio4j.";

    private TestMethods() {}

    /** All methods of the classes beside {@code one}, in the alphabetical order of the classes. */
    static List<Method> beside(Class<?> one) {
        List<Method> methods = new ArrayList<>();
        try {
            Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String name =
                            classes.relativize(file)
                                    .toString()
                                    .replace(file.getFileSystem().getSeparator(), ".");
                    if (name.startsWith(ROOT_PACKAGE) && name.endsWith(".class")) {
                        String className = name.substring(0, name.length() - ".class".length());
                        Class<?> type = Class.forName(className, false, one.getClassLoader());
                        methods.addAll(List.of(type.getDeclaredMethods()));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return methods;
    }

    /** The name of the method's class, as a reader of the tests knows it. */
    static String className(Method method) {
        return method.getDeclaringClass()
                .getName()
                .substring(ROOT_PACKAGE.length())
                .replace('$', '.');
    }

    /** Whether JUnit runs the method. */
    static boolean isRun(Method method) {
        return Stream.of(Test.class, ParameterizedTest.class, RepeatedTest.class, TestFactory.class)
                        .anyMatch(method::isAnnotationPresent)
                && !method.isAnnotationPresent(Disabled.class)
                && !method.getDeclaringClass().isAnnotationPresent(Disabled.class);
    }
}
