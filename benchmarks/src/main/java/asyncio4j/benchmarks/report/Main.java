package asyncio4j.benchmarks.report;

import org.openjdk.jmh.runner.RunnerException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures, writes {@code benchmarks.json}, and of that the page {@code benchmarks.md} and its
 * charts; without any part to measure, reads the JSON that is there. Called by {@code
 * benchmarks/run}, in its folder; {@link Options} are the arguments.
 */
public final class Main {

    private Main() {}

    /** Measures and writes. */
    public static void main(String[] args)
            throws IOException, InterruptedException, RunnerException {
        System.setProperty("java.awt.headless", "true");
        Options options = Options.parse(args);
        Page.check(options.template());
        Svg.check();
        Explanations explanations = Explanations.load();
        Path json = options.output().resolve("benchmarks.json");
        Results results;
        if (options.parts().isEmpty()) {
            if (!Files.exists(json)) {
                throw new IOException("there is no " + json + "; it is written by a run");
            }
            results = Results.read(json);
        } else {
            results = new Measurement(options).run();
            Files.createDirectories(options.output());
            results.write(json);
        }
        Page page = new Page(results, explanations);
        page.write(options.template(), options.output());
        System.out.println(page.text());
    }
}
