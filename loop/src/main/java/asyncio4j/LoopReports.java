package asyncio4j;

import asyncio4j.internal.fiber.Step;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;

/** The exception handler of a loop and its log. {@code handler} belongs to the baton holder. */
final class LoopReports {

    /** Of more tasks than this a report says only how many more there are. */
    static final int MOST_TASKS = 20;

    static final System.Logger LOG = System.getLogger("asyncio4j");

    /** Whether the log is the JDK's own. */
    private static final class Backend {
        static final boolean OF_JDK = ofJdk();

        private static boolean ofJdk() {
            @Nullable String module =
                    System.LoggerFinder.getLoggerFinder().getClass().getModule().getName();
            return "java.logging".equals(module) || "java.base".equals(module);
        }
    }

    private final DefaultEventLoop loop;

    private @Nullable LoopExceptionHandler handler;

    LoopReports(DefaultEventLoop loop) {
        this.loop = loop;
    }

    void handler(@Nullable LoopExceptionHandler newHandler) {
        handler = newHandler;
    }

    @Nullable LoopExceptionHandler handler() {
        return handler;
    }

    /** Tells the handler; if that fails, the default one; if that fails too, the log. */
    void call(ExceptionContext context) {
        LoopExceptionHandler told = handler;
        if (told == null) {
            callDefault(context);
            return;
        }
        try {
            tell(told, context);
        } catch (KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable failure) {
            AsyncFuture<?> about = context.task() == null ? context.future() : context.task();
            ExceptionContext second =
                    ExceptionContext.of("Unhandled error in exception handler", failure);
            callDefault(about == null ? second : second.future(about));
            callDefault(context);
        }
    }

    /** Calls the handler in the context of the task or callback that the error is about. */
    private void tell(LoopExceptionHandler told, ExceptionContext context) {
        Context where = null;
        if (context.task() != null) {
            where = context.task().getContext();
        } else if (context.handle() != null) {
            where = context.handle().context();
        }
        if (where == null) {
            told.handle(loop.facade(), context);
        } else {
            where.call(() -> told.handle(loop.facade(), context));
        }
    }

    private void callDefault(ExceptionContext context) {
        try {
            loop.facade().defaultExceptionHandler(context);
        } catch (KeyboardInterrupt | SystemExit e) {
            throw e;
        } catch (Throwable failure) {
            write(System.Logger.Level.ERROR, "Exception in default exception handler", failure);
            log(context);
        }
    }

    /**
     * Writes to the log; while the JVM shuts down to standard error if the log is the JDK's own,
     * which closes itself at once then. Any thread.
     */
    static void write(System.Logger.Level level, String text, @Nullable Throwable error) {
        if (!JvmShutdown.begun() || !Backend.OF_JDK) {
            LOG.log(level, text, error);
        } else if (LOG.isLoggable(level)) {
            StringWriter lines = new StringWriter();
            lines.append(level.getName()).append(": ").append(text).append('\n');
            if (error != null) {
                error.printStackTrace(new PrintWriter(lines));
            }
            System.err.print(lines);
        }
    }

    /** Logs what happened. Any thread. */
    void log(ExceptionContext context) {
        Throwable source = context.source();
        Throwable error = context.exception();
        String text = context.toString();
        if (source != null) {
            text += "\n" + describe(source);
        }
        write(System.Logger.Level.ERROR, text, error);
    }

    private static String describe(Throwable source) {
        StringBuilder text = new StringBuilder(source.toString());
        for (StackTraceElement frame : source.getStackTrace()) {
            if (!frame.getClassName().startsWith("asyncio4j.internal.")) {
                text.append("\n    at ").append(frame);
            }
        }
        return text.toString();
    }

    /**
     * Tells of errors that {@code cancellation}, which ended {@code task}, has as suppressed: those
     * of resources that failed to close on its way. In Python they take its place, in Java they
     * would go down with it. On the task's fiber.
     */
    void hidden(Task<?> task, CancelledError cancellation) {
        for (Throwable error : cancellation.getSuppressed()) {
            if (error instanceof AwaitSite || error instanceof CancelledError) {
                continue;
            }
            ExceptionContext context =
                    ExceptionContext.of(
                                    "an exception on the way of a cancellation, such as that of a"
                                            + " resource that failed to close",
                                    error)
                            .future(task);
            if (DefaultEventLoop.currentFiber().dying()) {
                call(context);
            } else {
                loop.core().add(new Report(loop, context)); // not on the stack of a task
            }
        }
    }

    /** Tells the exception handler, when its turn comes. */
    private static final class Report extends Step {

        private final DefaultEventLoop loop;

        private final ExceptionContext context;

        Report(DefaultEventLoop loop, ExceptionContext context) {
            this.loop = loop;
            this.context = context;
        }

        @Override
        public void run() {
            loop.report(context);
        }

        @Override
        public String toString() {
            return "the report of " + context.exception();
        }
    }

    /** Tells that thread-locals of a task or callback can't be carried along. Any thread. */
    void carrying(String message, Throwable error) {
        ExceptionContext context = ExceptionContext.of(message, error);
        if (loop.core().closed()) {
            log(context);
        } else if (loop.core().mayTouch()) {
            loop.report(context);
        } else if (!loop.core().post(new Report(loop, context))) {
            log(context);
        }
    }

    /** A step took longer than the limit; in debug mode. */
    void slow(Step step, long nanos) {
        LOG.log(
                System.Logger.Level.WARNING,
                "Executing "
                        + step
                        + " took "
                        + Duration.ofNanos(nanos).toMillis()
                        + " ms: the loop did nothing else meanwhile; use toThread(...) for blocking"
                        + " work");
    }
}
