package asyncio4j.tck;

import org.testng.ITestListener;
import org.testng.ITestResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What became of each check of the TCK, kept in a file for each class so that the next JVM can read
 * it: a TestNG listener, named in {@code junit-platform.properties}.
 */
public final class Results implements ITestListener {

    /** One check; {@code reason} is the TCK's, if it wasn't run. */
    record Result(String name, String outcome, String reason) {

        static final String PASSED = "passed";
        static final String PASSED_WITH_ONE = "passed with one";
        static final String SKIPPED = "skipped";
        static final String FAILED = "failed";

        private static Result parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Result(parts[0], parts[1], parts[2]);
        }

        private String line() {
            return name + "\t" + outcome + "\t" + reason.replaceAll("\\s+", " ") + "\n";
        }
    }

    /** The classes that have results of this run. */
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    /** Where the results are, in the build folder of this module. */
    static Path folder() {
        return Repository.folder().resolve("tck-tests/target/tck");
    }

    /** The results of {@code verification}, in the order of the names; none if it wasn't run. */
    static List<Result> of(Class<?> verification) throws IOException {
        Path file = folder().resolve(verification.getName());
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            List<Result> results = new ArrayList<>(lines.map(Result::parse).toList());
            results.sort((a, b) -> a.name().compareTo(b.name()));
            return results;
        }
    }

    @Override
    public void onTestSuccess(ITestResult result) {
        boolean withOne =
                result.getInstance() instanceof OneElement verification
                        && verification.isRunWithOne(result.getName());
        note(result, withOne ? Result.PASSED_WITH_ONE : Result.PASSED, "");
    }

    @Override
    public void onTestSkipped(ITestResult result) {
        Throwable reason = result.getThrowable();
        note(result, Result.SKIPPED, reason == null ? "" : String.valueOf(reason.getMessage()));
    }

    @Override
    public void onTestFailure(ITestResult result) {
        note(result, Result.FAILED, String.valueOf(result.getThrowable()));
    }

    @Override
    public void onTestFailedWithTimeout(ITestResult result) {
        onTestFailure(result);
    }

    private void note(ITestResult result, String outcome, String reason) {
        String verification = result.getTestClass().getName();
        Path file = folder().resolve(verification);
        try {
            if (begun.add(verification)) { // the checks of a class come one after the other
                Files.createDirectories(folder());
                Files.deleteIfExists(file);
            }
            Files.writeString(
                    file,
                    new Result(result.getName(), outcome, reason).line(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
