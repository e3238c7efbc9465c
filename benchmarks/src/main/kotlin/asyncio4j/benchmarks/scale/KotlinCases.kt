package asyncio4j.benchmarks.scale

import kotlin.random.Random
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.produce
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield

/** Kotlin's side of the cases, on the event loop of runBlocking. */
object KotlinCases {
    private const val NANOS_PER_TIMER = 100

    @JvmStatic
    fun run(name: String, n: Int, probe: Probe) {
        when (name) {
            "sleep" -> sleep(n, probe)
            "timers" -> timers(n, probe)
            "chain" -> chain(n, probe)
            "gather" -> gather(n, probe)
            "groups" -> groups(n, probe)
            "groupsCancel" -> groupsCancel(n, probe)
            "generators" -> generators(n, probe)
            else -> throw IllegalArgumentException("no such case: $name")
        }
    }

    /** Coroutines that sleep until the scope around them is cancelled; before that, others for 1 ms. */
    private fun sleep(n: Int, probe: Probe) {
        probe.begin()
        runBlocking {
            List(n) { launch { delay(1) } }.joinAll()
            probe.spent("sleepEnd")
            val all = launch { repeat(n) { launch { delay(3_600_000) } } }
            yield()
            yield()
            probe.held("sleep")
            all.cancelAndJoin()
        }
        probe.spent("sleepClose")
    }

    /** Without a coroutine there is no timer: each is one that is delayed. */
    private fun timers(n: Int, probe: Probe) = runBlocking {
        val random = Random(n)
        var left = n - n / 2
        val all = CompletableDeferred<Unit>()
        probe.begin()
        val jobs =
            List(n) {
                val millis = 1 + random.nextLong(n.toLong() * NANOS_PER_TIMER) / 1_000_000
                launch {
                    delay(millis)
                    if (--left == 0) all.complete(Unit)
                }
            }
        yield()
        probe.held("timersAdded")
        for (i in 0 until n / 2) jobs[i * 2].cancel()
        probe.spent("timersCancelled")
        all.await()
        probe.spent("timersFired")
    }

    private fun chain(n: Int, probe: Probe) = runBlocking {
        probe.begin()
        val start = CompletableDeferred<Int>()
        var last: Deferred<Int> = start
        repeat(n) {
            val before = last
            last = async { before.await() }
        }
        yield()
        probe.held("chain")
        start.complete(1)
        last.await()
        probe.spent("chainDone")
    }

    private fun gather(n: Int, probe: Probe) = runBlocking {
        probe.begin()
        val all = List(n) { async { 1 } }
        probe.held("gather")
        all.awaitAll()
        probe.spent("gatherDone")
    }

    private fun groups(n: Int, probe: Probe) = runBlocking {
        probe.begin()
        val innermost = CompletableDeferred<Int>()
        val arrived = CompletableDeferred<Int>()
        val outermost = launch { group(n, arrived, innermost) }
        arrived.await()
        probe.held("groups")
        innermost.complete(1)
        outermost.join()
        probe.spent("groupsDone")
    }

    private fun groupsCancel(n: Int, probe: Probe) = runBlocking {
        val innermost = CompletableDeferred<Int>()
        val arrived = CompletableDeferred<Int>()
        val outermost = launch { group(n, arrived, innermost) }
        arrived.await()
        probe.begin()
        outermost.cancelAndJoin()
        probe.spent("groupsCancel")
    }

    private suspend fun group(
        depth: Int,
        arrived: CompletableDeferred<Int>,
        end: CompletableDeferred<Int>,
    ) {
        if (depth == 0) {
            arrived.complete(1)
            end.await()
            return
        }
        coroutineScope { launch { group(depth - 1, arrived, end) } }
    }

    /** What comes nearest: producers that wait to hand over their second item when they are cancelled. */
    @OptIn(ExperimentalCoroutinesApi::class)
    private fun generators(n: Int, probe: Probe) {
        runBlocking {
            probe.begin()
            val all = Job()
            val scope = CoroutineScope(coroutineContext + all)
            val generators = ArrayList<ReceiveChannel<Int>>(n)
            repeat(n) {
                val generator =
                    scope.produce {
                        try {
                            send(1)
                            send(2)
                        } finally {
                            withContext(NonCancellable) { yield() }
                        }
                    }
                generators.add(generator)
                generator.receive()
            }
            probe.held("generators")
            all.cancelAndJoin()
        }
        probe.spent("generatorsClosed")
    }
}
