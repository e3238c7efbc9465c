package asyncio4j.tools;

import java.io.PrintStream;
import java.util.List;

/**
 * Prints what the tasks of a running JVM are at: {@code ps PID} as a table, {@code pstree PID} as a
 * tree; without arguments, which JVMs there are. Python's {@code python -m asyncio}.
 */
public final class Main {

    private static final String USAGE =
            """
            usage: asyncio4j ps PID       all tasks of all loops of that JVM, as a table
                   asyncio4j pstree PID   the same as a tree: who awaits whom
                   asyncio4j              the JVMs with a running loop\
            """;

    private Main() {}

    /**
     * Does what the arguments say, and ends the JVM: with status 0, with 1 if the other JVM can't
     * be looked at, with 2 for arguments that mean nothing.
     *
     * @param args what to do
     */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Does what {@code args} say, and gives the exit status. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        if (ModuleLayer.boot().findModule("jdk.attach").isEmpty()) {
            err.println("asyncio4j: this needs a whole JDK, with the module jdk.attach");
            return 1;
        }
        try {
            switch (args.length == 0 ? "" : args[0]) {
                case "" -> list(out);
                case "-h", "--help", "help" -> out.println(USAGE);
                case "ps", "pstree" -> {
                    if (args.length != 2 || !args[1].matches("\\d{1,18}")) {
                        err.println(USAGE);
                        return 2;
                    }
                    out.println(OtherJvm.ask(Long.parseLong(args[1]), args[0]));
                }
                default -> {
                    err.println(USAGE);
                    return 2;
                }
            }
            return 0;
        } catch (OtherJvm.Unreachable e) {
            err.println("asyncio4j: " + e.getMessage());
            return 1;
        }
    }

    private static void list(PrintStream out) {
        List<String> found = OtherJvm.list();
        if (found.isEmpty()) {
            out.println("no JVM with a running loop found among those of this user");
            out.println(USAGE);
        } else {
            found.forEach(out::println);
        }
    }
}
