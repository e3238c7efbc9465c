package asyncio4j.benchmarks.http

import kotlinx.coroutines.reactor.awaitSingle
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController

/** The handler as a suspend function. */
@RestController
class KotlinHandler(private val answers: Answers) {

    @GetMapping("/kotlin")
    suspend fun kotlin(): Answers.Answer {
        val user = answers.user().awaitSingle()
        val item = answers.item().awaitSingle()
        return Answers.combine(user, item)
    }
}
