package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The bindings of scoped values belong to the code that bound them, whatever it awaits. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ScopedValuesTest {

    private static final ScopedValue<String> NAME = ScopedValue.newInstance();

    private static final ScopedValue<Integer> NUMBER = ScopedValue.newInstance();

    @RegisterExtension final VirtualRunner runner = new VirtualRunner().expectNoReports();

    private static void turn() {
        await(sleep(Duration.ZERO));
    }

    private static String seen() {
        return NAME.orElse("none") + NUMBER.orElse(0);
    }

    private static String bound(String name, int number, int turns) {
        return ScopedValue.where(NAME, name)
                .call(() -> {
                    for (int i = 0; i < turns; i++) {
                        turn();
                        assertThat(seen()).isEqualTo(name + 0);
                        ScopedValue.where(NUMBER, number)
                                .run(() -> {
                                    turn();
                                    assertThat(seen()).isEqualTo(name + number);
                                });
                    }
                    return seen();
                });
    }

    @Test
    void eachTaskHasItsOwnAcrossAwaits() {
        runner.run(() -> {
            List<Task<String>> tasks = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                int number = i;
                tasks.add(
                        createTask(() -> {
                            assertThat(seen()).isEqualTo("none0");
                            for (int round = 0; round < 3; round++) {
                                assertThat(bound("task" + number, number, number))
                                        .isEqualTo("task" + number + 0);
                                assertThat(seen()).isEqualTo("none0");
                                turn();
                                assertThat(seen()).isEqualTo("none0");
                            }
                            return seen();
                        }));
            }
            Task<?> without =
                    createTask(() -> {
                        for (int i = 0; i < 50; i++) {
                            turn();
                            assertThat(seen()).isEqualTo("none0");
                        }
                    });
            assertThat(await(gather(tasks))).containsOnly("none0");
            await(without);
            assertThat(seen()).isEqualTo("none0");
        });
        runner.run(() -> assertThat(seen()).isEqualTo("none0"));
    }

    @Test
    void whoIsSuspendedWithinABindingAtTheEndOfARunHasItInTheNext() {
        Task<String> task = runner.loop().createTask(() -> bound("left over", 7, 10));
        runner.run(ScopedValuesTest::turn);
        runner.run(() -> {
            assertThat(seen()).isEqualTo("none0");
            assertThat(await(task)).isEqualTo("left over0");
            assertThat(seen()).isEqualTo("none0");
        });
    }

    @Test
    void aNewTaskHasNoneEvenIfItStartsEagerly() {
        runner.run(() ->
                ScopedValue.where(NAME, "creator")
                        .run(() -> {
                            List<String> order = new ArrayList<>();
                            Task<?> eager =
                                    createTask(
                                            () -> {
                                                order.add(seen());
                                                order.add(bound("eager", 1, 2));
                                            },
                                            TaskOptions.DEFAULT.eagerStart(true));
                            assertThat(seen()).isEqualTo("creator0");
                            await(eager);
                            assertThat(seen()).isEqualTo("creator0");
                            assertThat(order).containsExactly("none0", "eager0");
                        }));
    }

    @Test
    void aGeneratorsBodyHasItsOwnAndItsConsumerTheirs() {
        AsyncGenerator<String> seen =
                AsyncGenerator.of(g -> {
                    g.yield(seen());
                    ScopedValue.where(NAME, "body")
                            .call(() -> {
                                g.yield(seen());
                                turn();
                                g.yield(seen());
                                return null;
                            });
                    turn();
                    g.yield(seen());
                });
        runner.run(() -> {
            Task<?> other = createTask(() -> bound("other", 3, 5));
            assertThat(await(seen.anext())).isEqualTo("none0");
            assertThat(seen()).isEqualTo("none0");
            assertThat(await(seen.anext())).isEqualTo("body0");
            assertThat(seen()).isEqualTo("none0");
            ScopedValue.where(NAME, "consumer")
                    .run(() -> {
                        assertThat(await(seen.anext())).isEqualTo("body0");
                        assertThat(seen()).isEqualTo("consumer0");
                        turn();
                        assertThat(await(seen.anext())).isEqualTo("none0");
                        assertThat(seen()).isEqualTo("consumer0");
                    });
            assertThat(seen()).isEqualTo("none0");
            await(other);
        });
    }

    private static int endless(int deep) {
        return deep < 0 ? deep : endless(deep + 1) + 1;
    }

    @Test
    void aStackOverflowDoesntMixThemUp() {
        runner.run(() -> {
            Task<String> other = createTask(() -> bound("other", 3, 5));
            turn();
            ScopedValue.where(NAME, "unlucky")
                    .run(() -> {
                        assertThatThrownBy(() -> endless(0)).isInstanceOf(StackOverflowError.class);
                        turn();
                        assertThat(seen()).isEqualTo("unlucky0");
                    });
            assertThatThrownBy(() -> endless(0)).isInstanceOf(StackOverflowError.class);
            turn();
            assertThat(seen()).isEqualTo("none0");
            assertThat(await(other)).isEqualTo("other0");
        });
    }
}
