package asyncio4j.bridge;

import static asyncio4j.Asyncio.*;

import static org.assertj.core.api.Assertions.assertThat;

import asyncio4j.EventLoop;
import asyncio4j.VirtualClock;
import asyncio4j.bridge.testing.Hand;

import org.junit.jupiter.api.Test;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;

/** What debug mode says of a coroutine that returns a publisher that nobody awaited. */
class CompanionTest {

    private static List<String> reports(boolean debug, Object result) {
        List<String> reports = new ArrayList<>();
        EventLoop loop = newEventLoop(new VirtualClock());
        loop.setExceptionHandler((l, context) -> reports.add(context.message()));
        loop.setDebug(debug);
        loop.runUntilComplete(() -> result);
        loop.close();
        return reports;
    }

    @Test
    void aForgottenAwaitIsReportedByName() {
        assertThat(reports(true, Mono.just(1)))
                .singleElement()
                .asString()
                .contains("returned a Mono that nobody awaited");
        assertThat(reports(true, Flux.just(1)))
                .singleElement()
                .asString()
                .contains("returned a Flux that nobody awaited");
        assertThat(reports(true, Hand.ready()))
                .singleElement()
                .asString()
                .contains("returned a Publisher that nobody awaited")
                .contains("write return await(...)");
    }

    @Test
    void otherResultsAndOtherModesAreNot() {
        assertThat(reports(true, "a string")).isEmpty();
        assertThat(reports(false, Mono.just(1))).isEmpty();
    }
}
