package asyncio4j.benchmarks.report;

import org.jspecify.annotations.Nullable;

import java.awt.Color;
import java.util.Locale;

/**
 * Whose figure it is: ours, or that of a peer that does the same work. In the order of the tables'
 * columns. Each has the same colour in all charts.
 */
enum Peer {
    ASYNCIO4J("asyncio4j", "Asyncio4j", 0x0B5FD3),
    /** The same benchmarks as ours once more, on the other engine. */
    ASYNCIO4J_CONTINUATIONS("asyncio4j on continuations", "Asyncio4jOnContinuations", 0x0AA5C7),
    CPYTHON("CPython", "CPython", 0xE0A800),
    UVLOOP("uvloop", "uvloop", 0xD9480F),
    KOTLIN("Kotlin", "Kotlin", 0x7F52FF),
    KOTLIN_FLOW("Kotlin `Flow.asFlux`", "KotlinFlow", 0xB794F6),
    VIRTUAL_THREADS("virtual threads", "VirtualThreads", 0x2B8A3E),
    GENERATE("`Flux.generate`", "FluxGenerate", 0x74B816),
    CREATE("`Flux.create`", "FluxCreate", 0xA9B665),
    TO_ITERABLE("`toIterable`", "ToIterable", 0x5C940D),
    COMPLETABLE_FUTURE("`CompletableFuture.join`", "CompletableFuture", 0xC2255C),
    JOX("jox `Channel`", "Jox", 0xA0522D),
    BLOCK("`block()`", "Block", 0xE64980),
    BLOCK_VIRTUAL("`block()` on a virtual thread", "BlockVirtual", 0xF783AC),
    SCHEDULED_EXECUTOR("`ScheduledThreadPoolExecutor`", "ScheduledExecutor", 0x868E96),
    RAW_CONTINUATION("raw `Continuation`", "RawContinuation", 0x343A40);

    /** The head of its column. */
    final String title;

    /**
     * The end of the names of its benchmarks, and its name in the JSON and in what other programs
     * print.
     */
    final String suffix;

    final Color color;

    Peer(String title, String suffix, int color) {
        this.title = title;
        this.suffix = suffix;
        this.color = new Color(color);
    }

    /** Its title without Markdown, for a chart. */
    String plainTitle() {
        return title.replace("`", "");
    }

    /** Whether it is one of our engines. */
    boolean ours() {
        return this == ASYNCIO4J || this == ASYNCIO4J_CONTINUATIONS;
    }

    /** The peer of a benchmark method: the one with the longest suffix that fits. */
    static Peer ofMethod(String method) {
        Peer found = null;
        for (Peer peer : values()) {
            if (method.endsWith(peer.suffix)
                    && (found == null || found.suffix.length() < peer.suffix.length())) {
                found = peer;
            }
        }
        return known(found, method);
    }

    /** The peer of that name, in whatever case and with or without blanks. */
    static Peer ofName(String name) {
        Peer found = null;
        for (Peer peer : values()) {
            if (plain(peer.suffix).equals(plain(name)) || plain(peer.title).equals(plain(name))) {
                found = peer;
            }
        }
        return known(found, name);
    }

    /** The peer of that name, which says in another word what ours ran on. */
    static Peer ofName(String name, @Nullable String engine) {
        Peer peer = ofName(name);
        return peer == ASYNCIO4J && engine != null && plain(engine).contains("continuation")
                ? ASYNCIO4J_CONTINUATIONS
                : peer;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static Peer known(@Nullable Peer found, String name) {
        if (found == null) {
            throw new IllegalArgumentException(
                    "whose figure is "
                            + name
                            + "? Its name must end with a suffix that Peer knows");
        }
        return found;
    }
}
