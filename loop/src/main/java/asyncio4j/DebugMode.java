package asyncio4j;

import java.util.Locale;

/** Whether loops start in debug mode. Any thread. */
final class DebugMode {

    private DebugMode() {}

    /**
     * What the system property {@code asyncio4j.debug} says, else the environment variable {@code
     * ASYNCIO4J_DEBUG}.
     */
    static boolean byDefault() {
        String property = System.getProperty("asyncio4j.debug");
        String setting = property != null ? property : System.getenv("ASYNCIO4J_DEBUG");
        return isOn(setting == null ? "0" : setting);
    }

    /** An empty property, as of {@code -Dasyncio4j.debug}, means on. */
    static boolean isOn(String setting) {
        return switch (setting.strip().toLowerCase(Locale.ROOT)) {
            case "", "1", "true", "on", "yes" -> true;
            case "0", "false", "off", "no" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "asyncio4j.debug (ASYNCIO4J_DEBUG) is '"
                                    + setting
                                    + "': set it to true or false");
        };
    }
}
