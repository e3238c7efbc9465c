"""A task that swallows its cancellation ends in its own time."""

import asyncio

from trace import run, say, ticks, turn


async def main():
    async def child():
        try:
            await ticks(100)
        except asyncio.CancelledError:
            say("swallowed")
        await ticks(5)
        say("ends by itself")

    asyncio.create_task(child())
    await turn()


run(main)
