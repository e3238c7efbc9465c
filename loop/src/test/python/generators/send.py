"""What is sent is what yield gives."""

from trace import outcome, run, say, turn


async def main():
    async def echo():
        received = None
        while received != "stop":
            received = yield f"got {received}"
            await turn()

    generator = echo()
    say(await generator.asend(None))
    say(await generator.asend("one"))
    say(await generator.__anext__())
    try:
        await generator.asend("stop")
    except StopAsyncIteration:
        say("stopped")
    say(await outcome(generator.__anext__()))


run(main)
