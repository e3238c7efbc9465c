package asyncio4j.benchmarks.latency

import kotlinx.coroutines.launch
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

/** Kotlin's side: coroutines on the event loop of runBlocking, one thread, as ours. */
object KotlinWaiter {
    @JvmStatic
    fun run(trial: Trial) = runBlocking {
        if (trial.busy()) {
            repeat(Trial.NEIGHBOURS) {
                launch {
                    while (!trial.over()) {
                        trial.work()
                        yield()
                    }
                }
            }
        }
        while (trial.more()) {
            trial.resumed(trial.mono().awaitSingle())
        }
    }
}
