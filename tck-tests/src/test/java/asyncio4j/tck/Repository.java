package asyncio4j.tck;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the tests run. */
final class Repository {

    private Repository() {}

    /** The folder that holds all modules. */
    static Path folder() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("tck-tests/pom.xml"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "the tests have to run inside the repository, not in "
                            + Path.of("").toAbsolutePath());
        }
        return folder;
    }
}
