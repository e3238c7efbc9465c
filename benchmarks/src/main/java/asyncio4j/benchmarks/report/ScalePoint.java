package asyncio4j.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import org.jspecify.annotations.Nullable;

/**
 * What one case cost at one size.
 *
 * @param work the case
 * @param peer whose it is
 * @param engine what ours ran on; null or empty for the others
 * @param n how many
 * @param seconds for all of them; null if it couldn't be done
 * @param pauses the seconds of those that a collector took; null if it took none
 * @param bytes for all of them; null if it couldn't be done or wasn't measured
 * @param note why it couldn't be done, else null or empty
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record ScalePoint(
        @JsonProperty("case") String work,
        String peer,
        @Nullable String engine,
        long n,
        @Nullable Double seconds,
        @Nullable Double pauses,
        @Nullable Double bytes,
        @Nullable String note) {

    /** The seconds less those of the collector. */
    @Nullable Double withoutPauses() {
        return seconds == null || pauses == null ? seconds : Double.valueOf(seconds - pauses);
    }

    Peer whose() {
        return Peer.ofName(peer, engine);
    }
}
