package asyncio4j;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.createTask;
import static asyncio4j.Asyncio.gather;
import static asyncio4j.Asyncio.newEventLoop;
import static asyncio4j.Asyncio.sleep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import asyncio4j.testing.VirtualRunner;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Generators that pull from generators, some of which await in between. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class AsyncGeneratorChainTest {

    @RegisterExtension final VirtualRunner runner = new VirtualRunner();

    private final List<Integer> ends = new ArrayList<>();

    /** Yields 1, 2, 3 and so on, each after two awaits. */
    private AsyncGenerator<Integer> source() {
        return AsyncGenerator.of(g -> {
            try {
                for (int i = 1; ; i++) {
                    await(sleep(Duration.ZERO));
                    await(sleep(Duration.ofSeconds(1)));
                    g.yield(i);
                }
            } finally {
                ends.add(0);
            }
        });
    }

    /** So many generators on top of the source; each adds one, and every third awaits. */
    private AsyncGenerator<Integer> chain(int length) {
        if (length == 0) {
            return source();
        }
        AsyncGenerator<Integer> below = chain(length - 1);
        return AsyncGenerator.of(g -> {
            try {
                while (true) {
                    int item = await(below.anext());
                    if (length % 3 == 0) {
                        await(sleep(Duration.ZERO));
                    }
                    g.yield(item + 1);
                }
            } finally {
                ends.add(length);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 40, 500})
    void itemsComeThroughAllOfThemWhileOtherTasksRun(int length) {
        runner.run(() -> {
            List<Coroutine<List<Integer>>> consumers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                consumers.add(() -> {
                    AsyncGenerator<Integer> top = chain(length);
                    List<Integer> items = new ArrayList<>();
                    for (int n = 0; n < 4; n++) {
                        items.add(await(top.anext()));
                    }
                    await(top.aclose());
                    return items;
                });
            }
            assertThat(await(gather(consumers)))
                    .hasSize(3)
                    .containsOnly(IntStream.rangeClosed(1, 4).mapToObj(i -> i + length).toList());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 40})
    void anyTaskMayAskForTheNextItem(int length) {
        runner.run(() -> {
            AsyncGenerator<Integer> top = chain(length);
            for (int n = 1; n <= 3; n++) {
                int item = n + length;
                await(createTask(() -> assertThat(await(top.anext())).isEqualTo(item)));
                await(chain(3).anext());
            }
            await(top.aclose());
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 40})
    void aCancelComesUpFromTheInnermost(int length) {
        runner.run(() -> {
            AsyncGenerator<Integer> top = chain(length);
            Task<Integer> task = createTask(() -> await(top.anext()));
            await(sleep(Duration.ofMillis(500)));
            task.cancel();
            assertThatThrownBy(() -> await(task)).isInstanceOf(CancelledError.class);
        });
        assertThat(ends)
                .containsExactlyElementsOf(IntStream.rangeClosed(0, length).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 40})
    void theEndOfTheLoopComesUpFromTheInnermost(int length) {
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> {});
        loop.createTask(() -> await(chain(length).anext()));
        loop.runUntilComplete(sleep(Duration.ofMillis(500)));
        loop.close();
        assertThat(ends)
                .containsExactlyElementsOf(IntStream.rangeClosed(0, length).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 40})
    void aTaskInsideOfThemIsAtAllTheirLines(int length) {
        runner.run(() -> {
            Task<Integer> task = createTask(() -> await(chain(length).anext()));
            await(sleep(Duration.ofMillis(500)));
            assertThat(task.getStack())
                    .filteredOn(frame ->
                            frame.getMethodName().startsWith("lambda$chain$")
                                    || frame.getMethodName().startsWith("lambda$source$"))
                    .hasSize(length + 1);
            task.cancel();
        });
    }
}
