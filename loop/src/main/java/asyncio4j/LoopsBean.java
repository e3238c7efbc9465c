package asyncio4j;

import asyncio4j.management.LoopsMXBean;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;

import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * {@link LoopsMXBean} in the platform's MBean server. This class is loaded only where {@link
 * Management} wants it, and on the watchdog's thread: JMX takes a while to start.
 */
final class LoopsBean implements LoopsMXBean {

    /** Other class loaders may have a copy of this library, and a bean of theirs. */
    private static final int MOST_INSTANCES = 100;

    private LoopsBean() {}

    /** Puts a bean in, and says what takes it out; null if that failed. */
    static @Nullable Runnable register() {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            StandardMBean bean = new StandardMBean(new LoopsBean(), LoopsMXBean.class, true);
            for (int instance = 1; instance <= MOST_INSTANCES; instance++) {
                ObjectName name =
                        new ObjectName(NAME + (instance == 1 ? "" : ",instance=" + instance));
                try {
                    server.registerMBean(bean, name);
                    System.setProperty(SHOWN, "true");
                    return () -> unregister(server, name);
                } catch (InstanceAlreadyExistsException e) {
                    // the next one, then
                }
            }
            return null;
        } catch (JMException | RuntimeException | LinkageError e) {
            LoopReports.LOG.log(System.Logger.Level.DEBUG, "there will be no " + NAME, e);
            return null;
        }
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            System.clearProperty(SHOWN);
            server.unregisterMBean(name);
        } catch (JMException e) {
            // somebody else has taken it out
        }
    }

    @Override
    public int getLoops() {
        return Watchdog.OF_JVM.loops().size();
    }

    @Override
    public int getTasks() {
        int tasks = 0;
        for (DefaultEventLoop loop : Watchdog.OF_JVM.loops()) {
            tasks += loop.tasks().size();
        }
        return tasks;
    }

    @Override
    public String ps() {
        return Asyncio.ps();
    }

    @Override
    public String pstree() {
        return Asyncio.pstree();
    }
}
