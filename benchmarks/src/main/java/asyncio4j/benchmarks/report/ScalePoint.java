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
        @Nullable Double bytes,
        @Nullable String note) {

    Peer whose() {
        return Peer.ofName(peer, engine);
    }
}
