package asyncio4j.tools;

import asyncio4j.management.LoopsMXBean;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Another JVM on this machine, and its {@link LoopsMXBean}. */
final class OtherJvm {

    /** How long to wait for the bean of a program that has only just begun. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private OtherJvm() {}

    /** Why another JVM can't be asked; the message is for users. */
    static final class Unreachable extends Exception {

        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }

        Unreachable(String message) {
            super(message);
        }
    }

    /** What the {@code operation} of each bean of that JVM answers. */
    @SuppressWarnings("BanJNDI") // the address is what that JVM's own agent says
    static String ask(long pid, String operation) throws Unreachable {
        VirtualMachine machine = attach(pid);
        try {
            waitForBean(pid, machine);
            JMXServiceURL address = new JMXServiceURL(machine.startLocalManagementAgent());
            try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
                return ask(connector.getMBeanServerConnection(), operation);
            }
        } catch (IOException | JMException e) {
            throw new Unreachable("process " + pid + " can't be asked: " + e, e);
        } finally {
            detach(machine);
        }
    }

    private static String ask(MBeanServerConnection server, String operation)
            throws IOException, JMException {
        List<String> answers = new ArrayList<>();
        for (ObjectName name :
                new TreeSet<>(server.queryNames(new ObjectName(LoopsMXBean.NAME + ",*"), null))) {
            answers.add((String) server.invoke(name, operation, new Object[0], new String[0]));
        }
        return String.join("\n", answers);
    }

    private static void waitForBean(long pid, VirtualMachine machine)
            throws IOException, Unreachable {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!hasBean(machine)) {
            if (System.nanoTime() - deadline > 0) {
                throw new Unreachable(
                        "process "
                                + pid
                                + " runs no loop of asyncio4j, or one that has only just begun, or"
                                + " doesn't show it (-Dasyncio4j.management=false)");
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unreachable("interrupted", e);
            }
        }
    }

    private static boolean hasBean(VirtualMachine machine) throws IOException {
        return machine.getSystemProperties().containsKey(LoopsMXBean.SHOWN);
    }

    private static VirtualMachine attach(long pid) throws Unreachable {
        ProcessHandle process =
                ProcessHandle.of(pid)
                        .orElseThrow(() -> new Unreachable("there is no process " + pid));
        if (!isJvm(process)) {
            throw new Unreachable("process " + pid + " is no JVM, or not one of this user");
        }
        try {
            return VirtualMachine.attach(Long.toString(pid));
        } catch (AttachNotSupportedException | IOException e) {
            String user = process.info().user().orElse("");
            if (!user.isEmpty() && !user.equals(System.getProperty("user.name"))) {
                throw new Unreachable(
                        "process " + pid + " belongs to " + user + ": run this as that user", e);
            }
            throw new Unreachable(
                    "process " + pid + " doesn't let itself be looked at: " + e.getMessage(), e);
        }
    }

    /**
     * Attaching sends a signal, which may mean anything to other programs: only those that the JDK
     * lists get it, and those whose command is java.
     */
    private static boolean isJvm(ProcessHandle process) {
        String pid = Long.toString(process.pid());
        for (VirtualMachineDescriptor each : VirtualMachine.list()) {
            if (each.id().equals(pid)) {
                return true;
            }
        }
        return process.info().command().orElse("").matches(".*[/\\\\]java(\\.exe)?");
    }

    /** The JVMs of this user with a loop that runs: number and main class of each. */
    static List<String> list() {
        List<String> found = new ArrayList<>();
        String self = Long.toString(ProcessHandle.current().pid());
        for (VirtualMachineDescriptor each : VirtualMachine.list()) {
            if (!each.id().equals(self) && hasBean(each)) {
                found.add(each.id() + " " + each.displayName());
            }
        }
        return found;
    }

    private static boolean hasBean(VirtualMachineDescriptor candidate) {
        try {
            VirtualMachine machine = VirtualMachine.attach(candidate);
            try {
                return hasBean(machine);
            } finally {
                detach(machine);
            }
        } catch (AttachNotSupportedException | IOException e) {
            return false; // it has ended meanwhile, or isn't ours
        }
    }

    private static void detach(VirtualMachine machine) {
        try {
            machine.detach();
        } catch (IOException e) {
            // it has ended; the answer is here, or another error is under way
        }
    }
}
