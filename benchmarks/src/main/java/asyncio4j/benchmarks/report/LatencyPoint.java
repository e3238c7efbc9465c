package asyncio4j.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * How long it took from a completion on another thread until the waiting side went on.
 *
 * @param source which thread completed
 * @param peer who waited
 * @param engine what ours ran on; null or empty for the others, or where {@code peer} says it
 * @param load what else the waiting loop had to do
 * @param p50 nanoseconds that half of the waits took at most
 * @param p99 the same for 99%
 * @param p999 the same for 99.9%
 * @param max nanoseconds of the longest
 * @param count how many waits there were
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record LatencyPoint(
        String source,
        String peer,
        @Nullable String engine,
        String load,
        double p50,
        double p99,
        double p999,
        double max,
        long count) {

    Peer whose() {
        return Peer.ofName(peer, engine);
    }
}
