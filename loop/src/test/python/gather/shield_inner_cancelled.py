"""Cancelling the inner task cancels the shield, and a done one is answered itself."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def inner():
        await ticks(100)

    task = asyncio.create_task(inner())
    future = asyncio.shield(task)
    await ticks(1)
    task.cancel()
    say(await outcome(future), future.cancelled())
    say(asyncio.shield(task) is task)


run(main)
