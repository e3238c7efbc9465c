"""A result in spite of the cancellation counts."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(5)
        except asyncio.CancelledError:
            await ticks(1)
            return "late"

    say(await outcome(asyncio.wait_for(child(), 0.02)))
    task = asyncio.create_task(child())
    say(await outcome(asyncio.wait_for(task, 0.02)), task.cancelled())


run(main)
