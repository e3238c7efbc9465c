package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks all loops of the JVM that run what they are at. Each answers by a light step of its own, so
 * what it says is of one moment; one that is held, and so doesn't answer, is described from
 * outside.
 */
final class LoopSnapshots {

    /** How long all loops together may take to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How often to see whether a loop has ended its run, and so won't answer. */
    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

    private LoopSnapshots() {}

    /**
     * What all loops are at. Any thread; it takes a little longer than {@code patience} at most.
     */
    static List<LoopSnapshot> ofAll(Duration patience) {
        List<Question> questions = new ArrayList<>();
        for (DefaultEventLoop loop : Watchdog.OF_JVM.loops()) {
            Question question = new Question(loop);
            if (loop.core().engine().holdsBaton()) {
                question.look(true); // the one who asks
            } else if (!loop.core().post(question)) {
                continue; // closed meanwhile
            }
            questions.add(question);
        }
        long deadline = System.nanoTime() + Durations.nanos(patience);
        List<LoopSnapshot> answers = new ArrayList<>();
        for (Question question : questions) {
            LoopSnapshot answer = question.answer(deadline, patience);
            if (answer != null) {
                answers.add(answer);
            }
        }
        return answers;
    }

    /** The step that looks around on its loop, and its outcome. */
    private static final class Question extends LightCallback {

        private final DefaultEventLoop loop;

        private final CompletableFuture<LoopSnapshot> answer = new CompletableFuture<>();

        Question(DefaultEventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void run() {
            if (!answer.isDone()) { // else nobody waits any more
                look(false);
            }
        }

        void look(boolean midStep) {
            try {
                answer.complete(LoopSnapshot.of(loop, midStep));
            } catch (Throwable e) { // whatever it is, it mustn't end the loop's run
                answer.completeExceptionally(e);
            }
        }

        /** What the loop said, or what can be seen from here; null if it has ended its run. */
        @Nullable LoopSnapshot answer(long deadline, Duration patience) {
            boolean interrupted = false;
            try {
                while (true) {
                    long left = interrupted ? 0 : deadline - System.nanoTime();
                    try {
                        return answer.get(Math.clamp(left, 0, LOOK_NANOS), TimeUnit.NANOSECONDS);
                    } catch (TimeoutException e) {
                        if (!loop.isRunning()) {
                            return null;
                        }
                        if (left <= 0) {
                            return unanswered(patience);
                        }
                    } catch (InterruptedException e) {
                        interrupted = true;
                    } catch (ExecutionException e) {
                        return new LoopSnapshot(
                                loop.name(), List.of(), "couldn't be looked at: " + e.getCause());
                    }
                }
            } finally {
                answer.cancel(false);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private @Nullable LoopSnapshot unanswered(Duration patience) {
            var holder = loop.core().engine().holder();
            if (holder == null) {
                return null; // it has just ended its run
            }
            HolderStack stack = HolderStack.of(holder);
            return new LoopSnapshot(
                    loop.name(),
                    List.of(),
                    "did not answer within "
                            + patience.toMillis()
                            + " ms: it is held by "
                            + stack.who()
                            + " ("
                            + stack.state()
                            + ")"
                            + stack);
        }
    }
}
