package asyncio4j.internal.fiber;

import org.jspecify.annotations.Nullable;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.security.CodeSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a class has code that could hold a monitor while it calls something. It looks through the
 * class file: for {@code synchronized} methods, and for {@code monitorenter} in the code.
 *
 * <p>Any thread.
 */
final class MonitorUse {

    private static final int IINC = 132;

    private static final int TABLESWITCH = 170;

    private static final int LOOKUPSWITCH = 171;

    private static final int MONITORENTER = 194;

    private static final int WIDE = 196;

    /** How long each instruction is, by its opcode; 0 if that isn't always the same. */
    private static final String LENGTHS =
            "11111111111111112323322222111111111111111111111111111122222111111111"
                    + "11111111111111111111111111111111111111111111111111111111111111113111"
                    + "111111111111111113333333333333333200111111333333355323113311043355";

    /** Where a Code attribute has its code, after the sizes of stack, locals and code. */
    private static final int CODE_BEGIN = 8;

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
            return file == null || synchronizes(file);
        } catch (IOException | IndexOutOfBoundsException e) { // it isn't that class's file
            return true;
        }
    }

    /** The same of a class file. */
    static boolean synchronizes(InputStream file) throws IOException {
        return new ClassFile(file).synchronizes();
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

        /** Goes through the instructions of a Code attribute. */
        private static boolean hasMonitorenter(byte[] attribute) {
            ByteBuffer code = ByteBuffer.wrap(attribute);
            code = code.slice(CODE_BEGIN, code.getInt(CODE_BEGIN - Integer.BYTES));
            for (int at = 0; at < code.limit(); at += length(code, at)) {
                if ((code.get(at) & 0xFF) == MONITORENTER) {
                    return true;
                }
            }
            return false;
        }

        private static int length(ByteBuffer code, int at) {
            int opcode = code.get(at) & 0xFF;
            int operands = (at | 3) + 1; // of those that are aligned
            return switch (opcode) {
                case TABLESWITCH -> {
                    int cases = code.getInt(operands + 8) - code.getInt(operands + 4) + 1;
                    yield operands + 12 + 4 * cases - at;
                }
                case LOOKUPSWITCH -> operands + 8 + 8 * code.getInt(operands + 4) - at;
                case WIDE -> (code.get(at + 1) & 0xFF) == IINC ? 6 : 4;
                default -> LENGTHS.charAt(opcode) - '0';
            };
        }
    }
}
