"""A task that swallows its cancellation goes on, with its count."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        except asyncio.CancelledError:
            say("swallowed", asyncio.current_task().cancelling())
        await ticks(1)
        return "stubborn"

    task = asyncio.create_task(child())
    await ticks(1)
    task.cancel()
    say(await outcome(task), task.cancelled(), task.cancelling())


run(main)
