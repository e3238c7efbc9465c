"""It is for one task at a time."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def slow():
        yield 1
        await ticks(2)
        yield 2

    generator = slow()
    await generator.__anext__()
    task = asyncio.create_task(outcome(generator.__anext__()))
    await ticks(1)
    say(await outcome(generator.__anext__()))
    say(await outcome(generator.aclose()))
    say(await task)
    say(await outcome(generator.__anext__()))


run(main)
