package asyncio4j.benchmarks.report;

import static asyncio4j.benchmarks.report.Goal.first;
import static asyncio4j.benchmarks.report.Goal.firstBelow;
import static asyncio4j.benchmarks.report.Goal.second;
import static asyncio4j.benchmarks.report.Goal.secondBelow;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A table of the page and its chart: what it is called in the name of the chart's file, its title,
 * what its figures count, and its rows with what is wanted of them.
 */
record Section(String name, String title, String counts, Unit unit, List<Row> rows) {

    private static final Section TASKS =
            nanoseconds(
                    "tasks",
                    "Tasks",
                    "one task or one switch",
                    Row.of(
                            "switch",
                            "suspend and resume, two tasks in turn",
                            first(1.0, Peer.UVLOOP),
                            first(0.5, Peer.CPYTHON),
                            second(1.3, Peer.RAW_CONTINUATION)),
                    Row.of("alone", "suspend and resume, one task alone"),
                    Row.of(
                            "createAndAwait",
                            "create a task and await it",
                            first(0.3, Peer.UVLOOP),
                            secondBelow(Peer.KOTLIN)),
                    Row.of("done", "await a future that is done"),
                    Row.both(
                            "gather",
                            "gather 1,000 tasks that don't suspend",
                            firstBelow(Peer.KOTLIN)),
                    Row.of("gatherSuspended", "gather 1,000 tasks that suspend once"));

    private static final Section REACTOR =
            nanoseconds(
                    "reactor",
                    "Awaiting Reactor",
                    "one await",
                    Row.both("just", "await `Mono.just`", first(0.1, Peer.KOTLIN)),
                    Row.both(
                            "hidden",
                            "await a synchronous `Mono` that hides it",
                            first(0.5, Peer.KOTLIN)),
                    Row.both(
                            "parallel",
                            "await a `Mono` on `Schedulers.parallel()`",
                            first(1.0, Peer.BLOCK),
                            first(0.5, Peer.KOTLIN)));

    private static final Section HTTP =
            nanoseconds(
                    "http",
                    "HTTP",
                    "one request",
                    Row.both(
                            "http",
                            "GET over loopback, awaited on the Netty loop",
                            firstBelow(Peer.BLOCK),
                            firstBelow(Peer.KOTLIN)),
                    Row.of("httpDefaultLoop", "the same awaited on the default loop"));

    private static final Section FLUXES =
            nanoseconds(
                    "fluxes",
                    "Generators as `Flux`",
                    "one item",
                    Row.both(
                            "generated",
                            "a generator as a `Flux`, unbounded",
                            first(2.0, Peer.GENERATE),
                            firstBelow(Peer.KOTLIN),
                            firstBelow(Peer.KOTLIN_FLOW)),
                    Row.both(
                            "generatedLimited",
                            "a generator as a `Flux`, under `limitRate(256)`",
                            first(1.5, Peer.GENERATE),
                            firstBelow(Peer.KOTLIN),
                            firstBelow(Peer.KOTLIN_FLOW)));

    private static final Section ITERATION =
            nanoseconds(
                    "iteration",
                    "`Flux` as iteration",
                    "one element",
                    Row.both(
                            "iterated",
                            "a `Flux` that can be polled",
                            first(1.0, Peer.TO_ITERABLE)),
                    Row.both("iteratedHidden", "a `Flux` that can't", first(1.0, Peer.TO_ITERABLE)),
                    Row.both(
                            "iteratedParallel",
                            "a `Flux` over `publishOn(parallel)`",
                            first(1.0, Peer.TO_ITERABLE)));

    private static final Section GENERATORS =
            nanoseconds(
                    "generators",
                    "Generators",
                    "one item",
                    Row.of(
                            "pulled",
                            "a `for` loop over a generator",
                            first(5.0, Peer.CPYTHON),
                            second(1.3, Peer.RAW_CONTINUATION)));

    private static final Section MEMORY =
            new Section(
                    "memory",
                    "Memory",
                    "bytes of heap for each of 100,000 tasks that sleep at once",
                    Unit.BYTES,
                    List.of(Row.both("sleeping", "a sleeping task", first(1.0, Peer.CPYTHON))));

    private static final Section TIMERS =
            nanoseconds(
                    "timers",
                    "Timers",
                    "one timer or one sleeping task",
                    Row.of("timerCancelled", "add a timer and cancel it"),
                    Row.of("timerFired", "10,000 timers that are due, fired"),
                    Row.of("sleep", "10,000 tasks that sleep for 1 ms, gathered"));

    private static final Section CONTEXTS =
            nanoseconds(
                    "contexts",
                    "Context variables",
                    "one call",
                    Row.of("contextGet1", "get, 1 variable set"),
                    Row.of("contextGet10", "get, 10 set"),
                    Row.of("contextGet100", "get, 100 set"),
                    Row.of("contextGet1000", "get, 1,000 set"),
                    Row.of("contextSet1", "set, 1 set"),
                    Row.of("contextSet1000", "set, 1,000 set"),
                    Row.of("contextCopy1", "copy, 1 set"),
                    Row.of("contextCopy1000", "copy, 1,000 set"));

    /** All of them, in the page's order. */
    static final List<Section> ALL =
            List.of(TASKS, REACTOR, HTTP, FLUXES, ITERATION, GENERATORS, MEMORY, TIMERS, CONTEXTS);

    /** The rows of some of them once more, with the bytes that each operation allocates. */
    static final Section ALLOCATION =
            new Section(
                    "allocation",
                    "Allocation",
                    "bytes allocated for one operation, on all threads together",
                    Unit.BYTES,
                    Stream.of(TASKS, REACTOR, HTTP, FLUXES, ITERATION, GENERATORS)
                            .flatMap(section -> section.rows.stream())
                            .map(row -> Row.of(row.key(), row.work()))
                            .toList());

    private static Section nanoseconds(String name, String title, String each, Row... rows) {
        return new Section(name, title, "nanoseconds for " + each, Unit.NANOSECONDS, List.of(rows));
    }

    /** A figure without a row would be lost in silence. */
    static void refuseUnknown(Figures figures) {
        Set<String> unknown = new HashSet<>(figures.rows());
        ALL.forEach(section -> section.rows.forEach(row -> unknown.remove(row.key())));
        if (!unknown.isEmpty()) {
            throw new IllegalStateException(
                    "measured, but in no table: " + unknown + "; add them to Section");
        }
    }
}
