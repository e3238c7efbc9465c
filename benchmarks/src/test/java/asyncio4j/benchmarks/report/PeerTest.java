package asyncio4j.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.stream.Collectors;

class PeerTest {

    @Test
    void theLongestSuffixSaysWhoseBenchmarkItIs() {
        assertThat(Peer.ofMethod("switchAsyncio4j")).isEqualTo(Peer.ASYNCIO4J);
        assertThat(Peer.ofMethod("generatedKotlinFlow")).isEqualTo(Peer.KOTLIN_FLOW);
        assertThat(Peer.ofMethod("generatedKotlin")).isEqualTo(Peer.KOTLIN);
        assertThat(Peer.ofMethod("parallelBlockVirtual")).isEqualTo(Peer.BLOCK_VIRTUAL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Peer.ofMethod("switchSomebody"))
                .withMessageContaining("switchSomebody");
    }

    @Test
    void namesOfOtherProgramsAreUnderstood() {
        assertThat(Peer.ofName("asyncio4j", "continuations"))
                .isEqualTo(Peer.ASYNCIO4J_CONTINUATIONS);
        assertThat(Peer.ofName("asyncio4j", "virtual threads")).isEqualTo(Peer.ASYNCIO4J);
        assertThat(Peer.ofName("asyncio4j on continuations"))
                .isEqualTo(Peer.ASYNCIO4J_CONTINUATIONS);
        assertThat(Peer.ofName("CompletableFuture.join")).isEqualTo(Peer.COMPLETABLE_FUTURE);
        for (Peer peer : Peer.values()) {
            assertThat(Peer.ofName(peer.suffix)).isEqualTo(peer);
            assertThat(Peer.ofName(peer.plainTitle(), null)).isEqualTo(peer);
        }
    }

    @Test
    void noTwoPeersHaveTheSameColour() {
        assertThat(Arrays.stream(Peer.values()).map(peer -> peer.color).collect(Collectors.toSet()))
                .hasSameSizeAs(Peer.values());
    }
}
