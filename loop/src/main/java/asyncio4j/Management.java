package asyncio4j;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;

/**
 * Whether and when the {@linkplain LoopsBean bean for JMX} is there: a moment after the first loop
 * begins to run, so that a short program never pays for JMX, until the watchdog's thread goes. The
 * watchdog's thread only.
 */
final class Management {

    private static final String PROPERTY = "asyncio4j.management";

    /** How long a loop must have run. */
    private static final long DELAY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("java.management").isPresent();

    private final boolean wanted;

    private final long since;

    private boolean tried;

    /** Takes the bean out; null if there is none. */
    private @Nullable Runnable unregister;

    /**
     * Begins to wait for the moment.
     *
     * @param now the time, as of {@link System#nanoTime}
     */
    Management(long now) {
        since = now;
        wanted = PRESENT && isOn(System.getProperty(PROPERTY, "true"));
    }

    private static boolean isOn(String setting) {
        return switch (setting.strip().toLowerCase(Locale.ROOT)) {
            case "0", "false", "off", "no" -> false;
            default -> true;
        };
    }

    /** Whether the bean is there. */
    boolean isShown() {
        return unregister != null;
    }

    /** How long to wait for {@link #look}, at most. */
    long interval() {
        return wanted && !tried ? DELAY_NANOS / 2 : Long.MAX_VALUE;
    }

    /** Puts the bean in when its time has come. */
    void look(long now) {
        if (wanted && !tried && now - since >= DELAY_NANOS) {
            tried = true;
            unregister = LoopsBean.register();
        }
    }

    /** Takes the bean out, if there is one. */
    void close() {
        if (unregister != null) {
            unregister.run();
            unregister = null;
        }
    }
}
