package asyncio4j;

import static asyncio4j.Asyncio.currentTask;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.management.LoopsMXBean;
import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** When the bean for JMX is there, and what it says. */
class ManagementTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @AfterEach
    void clear() {
        System.clearProperty("asyncio4j.management");
    }

    @Test
    void itIsThereAfterASecondAndNotBefore() {
        Management management = new Management(-5);
        management.look(-5);
        management.look(SECOND - 6);
        assertThat(management.isShown()).isFalse();
        assertThat(management.interval()).isLessThan(SECOND);
        management.look(SECOND - 5);
        assertThat(management.isShown()).isTrue();
        assertThat(management.interval()).isEqualTo(Long.MAX_VALUE);
        management.close();
        assertThat(management.isShown()).isFalse();
        management.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "0", "OFF", " no "})
    void orNeverIfTheSystemPropertySaysSo(String setting) {
        System.setProperty("asyncio4j.management", setting);
        Management management = new Management(0);
        management.look(100 * SECOND);
        assertThat(management.isShown()).isFalse();
        assertThat(management.interval()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void itTellsOfLoopsAndTasks() {
        Management one = new Management(0);
        Management another = new Management(0); // as another class loader would have
        one.look(SECOND);
        another.look(SECOND);
        assertThat(one.isShown() && another.isShown()).isTrue();
        try (VirtualRunner runner = new VirtualRunner()) {
            runner.run(() -> {
                currentTask().setName("main task");
                MBeanServer server = ManagementFactory.getPlatformMBeanServer();
                var names = server.queryNames(new ObjectName(LoopsMXBean.NAME + ",*"), null);
                assertThat(names).hasSizeGreaterThanOrEqualTo(2);
                for (ObjectName name : names) {
                    LoopsMXBean bean = JMX.newMXBeanProxy(server, name, LoopsMXBean.class);
                    assertThat(bean.getLoops()).isPositive();
                    assertThat(bean.getTasks()).isPositive();
                    assertThat(bean.ps()).contains(" main task ").contains(" running ");
                    assertThat(bean.pstree()).contains("(T) main task");
                }
                assertThat(System.getProperty(LoopsMXBean.SHOWN)).isEqualTo("true");
            });
        } finally {
            one.close();
            another.close();
        }
    }
}
