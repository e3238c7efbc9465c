package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * A piece of straight-line Java that may suspend at every {@code await}; what {@code async def}
 * makes in Python.
 *
 * <p>It does nothing until a task runs it ({@link Asyncio#createTask(Coroutine)}, {@link
 * Runner#run(Coroutine)}) or another coroutine awaits it, which runs it in that one's task, on the
 * same stack. A lambda that doesn't capture anything changing may be run more than once, unlike
 * Python's coroutine objects.
 *
 * {@snippet :
 * Coroutine<Integer> answer = () -> {
 *     await(sleep(Duration.ofMillis(10)));
 *     return 42;
 * };
 * }
 *
 * @param <T> the type of the result
 * @see VoidCoroutine
 */
@FunctionalInterface
public non-sealed interface Coroutine<T extends @Nullable Object> extends Awaitable<T> {

    /**
     * The body. Runs on a thread of the loop, in a task; the other tasks of the loop go on only
     * while it awaits.
     *
     * @return the result
     * @throws Exception what the body throws; it reaches whoever awaits as it is, not wrapped
     * @throws CancelledError if the task was cancelled, at an await
     */
    T run() throws Exception;

    /**
     * A coroutine for a method that returns one: in debug mode it is reported as {@code name} if
     * nobody ever runs it, as those of the library are. Outside of debug mode, and of a loop's
     * code, it is {@code body} itself.
     *
     * {@snippet :
     * Coroutine<String> greeting = Coroutine.named("greeting", () -> "hello");
     * System.out.println(await(greeting));
     * }
     *
     * @param name what the report calls it, such as the name of the method
     * @param body the coroutine
     * @param <T> the type of the result
     * @return one that runs {@code body}
     */
    @CheckReturnValue
    static <T extends @Nullable Object> Coroutine<T> named(String name, Coroutine<T> body) {
        Objects.requireNonNull(name, "the coroutine's name is null");
        return Unawaited.track(name, Objects.requireNonNull(body, Asyncio.NULL_COROUTINE));
    }

    /**
     * A coroutine without a result as one whose result is null.
     *
     * @param body the coroutine
     * @return one that runs {@code body}
     */
    static Coroutine<@Nullable Void> of(VoidCoroutine body) {
        Objects.requireNonNull(
                body, "the coroutine is null: pass a lambda, such as () -> await(...)");
        return () -> {
            body.run();
            return null;
        };
    }
}
