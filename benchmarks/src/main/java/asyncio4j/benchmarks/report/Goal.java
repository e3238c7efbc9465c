package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/** What one of our engines is to reach, in one row: so many times a peer's figure at most. */
record Goal(Peer ours, double ratio, boolean below, Peer peer) {

    /** Whether it was reached. */
    enum Verdict {
        MET("met"),
        MISSED("**not met**"),
        UNKNOWN("not measured");

        final String text;

        Verdict(String text) {
            this.text = text;
        }
    }

    /** For the default engine: at most so many times the peer's. */
    static Goal first(double ratio, Peer peer) {
        return new Goal(Peer.ASYNCIO4J, ratio, false, peer);
    }

    /** The same for the engine of continuations. */
    static Goal second(double ratio, Peer peer) {
        return new Goal(Peer.ASYNCIO4J_CONTINUATIONS, ratio, false, peer);
    }

    /** For the default engine: less than the peer's. */
    static Goal firstBelow(Peer peer) {
        return new Goal(Peer.ASYNCIO4J, 1, true, peer);
    }

    /** The same for the engine of continuations. */
    static Goal secondBelow(Peer peer) {
        return new Goal(Peer.ASYNCIO4J_CONTINUATIONS, 1, true, peer);
    }

    Verdict verdict(@Nullable Double measured) {
        if (measured == null) {
            return Verdict.UNKNOWN;
        }
        return (below ? measured < ratio : measured <= ratio) ? Verdict.MET : Verdict.MISSED;
    }

    /** What is wanted, what was measured, and whether that is enough. */
    String text(@Nullable Double measured) {
        String wanted =
                below
                        ? "below " + peer.title
                        : "at most %s x %s".formatted(Double.toString(ratio), peer.title);
        String came = measured == null ? "" : digits(measured) + (below ? " x, " : ", ");
        return "%s: %s%s".formatted(wanted, came, verdict(measured).text);
    }

    /** With so many digits that what misses doesn't look as if it were met, or met if missed. */
    private String digits(double measured) {
        int digits = 2;
        String text;
        do {
            text = String.format(Locale.ROOT, "%." + digits++ + "f", measured);
        } while (verdict(Double.parseDouble(text)) != verdict(measured) && digits < 10);
        return text;
    }
}
