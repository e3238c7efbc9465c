"""Cancelling the task that asks cancels what the body awaits, and ends the generator."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def slow():
        try:
            yield 1
            await ticks(100)
            yield 2
        finally:
            say("body ends")

    generator = slow()

    async def consumer():
        async for item in generator:
            say(item)

    task = asyncio.create_task(consumer())
    await ticks(1)
    task.cancel("enough")
    say(await outcome(task))
    say(await outcome(generator.__anext__()))


run(main)
