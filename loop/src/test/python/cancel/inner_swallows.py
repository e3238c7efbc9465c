"""If the inner task swallows the cancel, the outer one goes on with its result."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def inner():
        try:
            await ticks(100)
        except asyncio.CancelledError:
            return "swallowed"

    async def outer():
        result = await asyncio.create_task(inner())
        say("outer got", result, asyncio.current_task().cancelling())
        await ticks(1)
        return "done"

    task = asyncio.create_task(outer())
    await ticks(1)
    task.cancel()
    say(await outcome(task), task.cancelled())


run(main)
