"""Cancelling the task that awaits a gather cancels the children."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(name):
        try:
            await ticks(100)
        finally:
            say(name, "ends")

    async def awaiting():
        return await asyncio.gather(child("a"), child("b"), return_exceptions=True)

    task = asyncio.create_task(awaiting())
    await ticks(1)
    task.cancel()
    say(await outcome(task))


run(main)
