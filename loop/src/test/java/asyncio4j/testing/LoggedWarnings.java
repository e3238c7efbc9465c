package asyncio4j.testing;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs while this is open. */
public final class LoggedWarnings implements AutoCloseable {

    /** The messages, in order. */
    public final List<String> messages = new CopyOnWriteArrayList<>();

    /**
     * What the watchdog's thread logs, apart from the rest: it comes when the machine is busy, too.
     */
    public final BlockingQueue<String> watchdog = new LinkedBlockingQueue<>();

    private final Logger logger = Logger.getLogger("asyncio4j");

    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    if (Thread.currentThread().getName().equals("asyncio4j-watchdog")) {
                        watchdog.add(entry.getMessage());
                    } else {
                        messages.add(entry.getMessage());
                    }
                }

                @Override
                public void flush() {
                    // nothing is buffered
                }

                @Override
                public void close() {
                    // nothing is held
                }
            };

    /** Listens from now on. */
    public LoggedWarnings() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false); // it is expected: no need to print it
    }

    @Override
    public void close() {
        logger.setUseParentHandlers(true);
        logger.removeHandler(handler);
    }
}
