package asyncio4j.internal.fiber;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which classes could hold a monitor. */
class MonitorUseTest {

    /** What the JDK's own parser says. */
    private static boolean expected(byte[] file) {
        ClassModel parsed = ClassFile.of().parse(file);
        return parsed.methods().stream().anyMatch(MonitorUseTest::synchronizes);
    }

    private static boolean synchronizes(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED)
                || method.code().stream()
                        .flatMap(code -> code.elementStream())
                        .anyMatch(element ->
                                element instanceof MonitorInstruction monitor
                                        && monitor.opcode() == Opcode.MONITORENTER);
    }

    @Test
    void ofTheJdksOwnClassesItSaysWhatTheJdkSays() throws IOException {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base");
        List<Path> wrong = new ArrayList<>();
        int using = 0;
        int free = 0;
        for (String name : List.of("java/io", "java/lang", "java/math", "java/text", "java/util")) {
            try (Stream<Path> files = Files.list(base.resolve(name))) {
                for (Path path :
                        files.filter(file -> file.toString().endsWith(".class")).toList()) {
                    byte[] file = Files.readAllBytes(path);
                    boolean expected = expected(file);
                    using += expected ? 1 : 0;
                    free += expected ? 0 : 1;
                    if (MonitorUse.synchronizes(new ByteArrayInputStream(file)) != expected) {
                        wrong.add(path);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(using).isGreaterThan(100);
        assertThat(free).isGreaterThan(500);
    }

    @Test
    void itKnowsClassesByTheirFiles() {
        assertThat(MonitorUse.in(java.util.Vector.class)).isTrue();
        assertThat(MonitorUse.in(java.util.ArrayList.class)).isFalse();
    }
}
