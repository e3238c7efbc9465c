"""A task that cancels itself and returns is cancelled; if it throws, it has that exception."""

import asyncio

from trace import Boom, outcome, run, say, ticks


async def main():
    async def returns():
        asyncio.current_task().cancel()
        return 1

    async def throws():
        asyncio.current_task().cancel()
        raise Boom("wins")

    async def awaits():
        asyncio.current_task().cancel("me")
        say("still here")
        await ticks(1)
        say("never")

    for child in returns, throws, awaits:
        task = asyncio.create_task(child())
        say(await outcome(task), task.cancelled())


run(main)
