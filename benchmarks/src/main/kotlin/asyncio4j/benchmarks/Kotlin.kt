package asyncio4j.benchmarks

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactor.asFlux
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.reactor.flux
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import reactor.core.publisher.Flux
import reactor.core.publisher.Mono

/** Kotlin's side of each row: coroutines on the event loop of runBlocking, one thread, as ours. */
object Kotlin {
    /** Two coroutines that yield in turn. */
    @JvmStatic
    fun switches(n: Int) = runBlocking {
        val one = launch { repeat(n / 2) { yield() } }
        val other = launch { repeat(n / 2) { yield() } }
        joinAll(one, other)
    }

    @JvmStatic
    fun alone(n: Int) = runBlocking { repeat(n) { yield() } }

    @JvmStatic
    fun createAndAwait(n: Int): Int = runBlocking {
        var sum = 0
        repeat(n) { sum += async { 1 }.await() }
        sum
    }

    @JvmStatic
    fun awaitDone(futures: Int, n: Int): Int = runBlocking {
        val done = List(futures) { CompletableDeferred(it) }
        var sum = 0
        repeat(n) { sum += done[it % futures].await() }
        sum
    }

    @JvmStatic
    fun gather(n: Int, rounds: Int): Int = runBlocking {
        var sum = 0
        repeat(rounds) { sum += (1..n).map { async { 1 } }.awaitAll().size }
        sum
    }

    @JvmStatic
    fun gatherSuspended(n: Int, rounds: Int): Int = runBlocking {
        var sum = 0
        repeat(rounds) {
            sum += (1..n).map {
                async {
                    yield()
                    1
                }
            }.awaitAll().size
        }
        sum
    }

    @JvmStatic
    fun awaitMonos(monos: List<Mono<Int>>, n: Int): Int = runBlocking {
        var sum = 0
        repeat(n) { sum += monos[it % monos.size].awaitSingle() }
        sum
    }

    /** Sends to whoever subscribes, on the subscribing thread: a dispatcher would cost more. */
    @JvmStatic
    fun flux(n: Int): Flux<Int> = flux(Dispatchers.Unconfined) { repeat(n) { send(it and 127) } }

    @JvmStatic
    fun flowAsFlux(n: Int): Flux<Int> =
        flow { repeat(n) { emit(it and 127) } }.asFlux(Dispatchers.Unconfined)

    @JvmStatic
    fun collect(elements: Flux<Int>): Int = runBlocking {
        var sum = 0
        elements.asFlow().collect { sum += it }
        sum
    }

    /** Timers that are added and cancelled, in the way that a user of Kotlin can. */
    @JvmStatic
    fun timeouts(n: Int) = runBlocking { repeat(n) { withTimeout(60_000) {} } }

    /** Coroutines that sleep for a millisecond, all at once. */
    @JvmStatic
    fun sleep(n: Int) = runBlocking { List(n) { launch { delay(1) } }.joinAll() }

    /** Coroutines that sleep until they are cancelled, after others that slept and ended. */
    @JvmStatic
    fun sleepers(warmUps: Int, n: Int, before: Runnable, during: Runnable) = runBlocking {
        repeat(warmUps) { List(n) { launch { delay(1) } }.joinAll() }
        before.run()
        val jobs = List(n) { launch { delay(3_600_000) } }
        yield()
        during.run()
        jobs.forEach { it.cancel() }
    }
}
