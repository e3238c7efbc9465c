package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.security.CodeSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which frames of a stack are the library's or the JDK's, and so tell users nothing. Any thread.
 */
final class LibraryFrames {

    /** For the classes of this module outside of its internal packages, by name. */
    private static final Map<String, Boolean> KNOWN = new ConcurrentHashMap<>();

    private LibraryFrames() {}

    /** Whether {@code frame} is the library's own. */
    static boolean isLibrary(StackTraceElement frame) {
        String name = frame.getClassName();
        if (!name.startsWith("asyncio4j.")) {
            return false;
        }
        if (name.startsWith("asyncio4j.internal.") || name.startsWith("asyncio4j.bridge.")) {
            return true;
        }
        int nested = name.indexOf('$');
        return KNOWN.computeIfAbsent(
                nested < 0 ? name : name.substring(0, nested), LibraryFrames::comesWithThis);
    }

    /** A package of ours may hold a test's classes, too; those come from somewhere else. */
    private static boolean comesWithThis(String className) {
        try {
            Class<?> found = Class.forName(className, false, LibraryFrames.class.getClassLoader());
            return Objects.equals(source(found), source(LibraryFrames.class));
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static @Nullable CodeSource source(Class<?> of) {
        return of.getProtectionDomain().getCodeSource();
    }

    /** Whether {@code frame} is one of the JDK's. */
    static boolean isJdk(StackTraceElement frame) {
        return "java.base".equals(frame.getModuleName());
    }

    /** Whether {@code frame} is of the machine that runs virtual threads. */
    static boolean isThreadMachine(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("jdk.internal.")
                || name.startsWith("java.lang.VirtualThread")
                || name.startsWith("java.lang.System$");
    }

    /** Whether {@code frame} calls a task's body, a generator's or a callback. */
    static boolean isBottom(StackTraceElement frame) {
        String name = frame.getClassName();
        return switch (frame.getMethodName()) {
            case "runBody" -> name.equals(Task.class.getName());
            case "run" ->
                    name.equals(Callback.class.getName())
                            || name.equals(GeneratorBody.class.getName());
            default -> false;
        };
    }
}
