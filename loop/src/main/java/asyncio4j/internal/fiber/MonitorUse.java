package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.security.CodeSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a class has code that could hold a monitor while it calls something. It looks through the
 * class file: for {@code synchronized} methods, and for the byte of {@code monitorenter} in the
 * code. That may be part of another instruction, so the answer yes may be wrong.
 *
 * <p>Any thread.
 */
final class MonitorUse {

    private static final int MONITORENTER = 0xC2;

    private static final ClassValue<Boolean> KNOWN =
            new ClassValue<>() {
                @Override
                protected Boolean computeValue(Class<?> type) {
                    return find(type);
                }
            };

    private MonitorUse() {}

    /** Whether {@code type} may hold monitors. The library's own classes call nobody with one. */
    static boolean in(Class<?> type) {
        return KNOWN.get(type);
    }

    private static boolean find(Class<?> type) {
        String name = type.getName();
        if (type.isHidden() // a lambda's glue
                || name.startsWith("jdk.internal.")
                || name.startsWith("java.lang.invoke.")
                || name.startsWith("java.lang.ScopedValue")
                || (name.startsWith("asyncio4j.")
                        && Objects.equals(source(type), source(MonitorUse.class)))) {
            return false;
        }
        try (InputStream file =
                type.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            return file == null || new ClassFile(file).synchronizes();
        } catch (IOException e) {
            return true;
        }
    }

    private static @Nullable CodeSource source(Class<?> type) {
        return type.getProtectionDomain().getCodeSource();
    }

    /** A class file, read from its begin to its methods. */
    private static final class ClassFile {

        private final DataInputStream in;

        /** Where the constant pool has the word Code. */
        private final Set<Integer> code = new HashSet<>();

        ClassFile(InputStream file) {
            in = new DataInputStream(new java.io.BufferedInputStream(file));
        }

        boolean synchronizes() throws IOException {
            in.skipNBytes(8); // magic number and version
            constants();
            in.skipNBytes(6); // access, this class, super class
            in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
            boolean fields = members();
            return members() || fields; // the methods
        }

        private void constants() throws IOException {
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> {
                        if (in.readUTF().equals("Code")) {
                            code.add(i);
                        }
                    }
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> { // long and double take two places
                        in.skipNBytes(8);
                        i++;
                    }
                    case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    default -> throw new IOException("constant of an unknown kind: " + tag);
                }
            }
        }

        private boolean members() throws IOException {
            boolean found = false;
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                found |= Modifier.isSynchronized(in.readUnsignedShort());
                in.skipNBytes(4); // name and type
                for (int more = in.readUnsignedShort(); more > 0; more--) {
                    boolean isCode = code.contains(in.readUnsignedShort());
                    byte[] content = in.readNBytes(in.readInt());
                    found |= isCode && hasMonitorenter(content);
                }
            }
            return found;
        }

        private static boolean hasMonitorenter(byte[] content) {
            for (byte each : content) {
                if ((each & 0xFF) == MONITORENTER) {
                    return true;
                }
            }
            return false;
        }
    }
}
