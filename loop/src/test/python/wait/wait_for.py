"""A result in time, and none in time."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(n):
        try:
            await ticks(n)
            return n
        except asyncio.CancelledError:
            say("cancelled")
            await ticks(1)
            say("cleaned up")
            raise

    say(await outcome(asyncio.wait_for(child(1), 0.02)))
    say(await outcome(asyncio.wait_for(child(5), 0.02)))
    say(asyncio.current_task().cancelling())


run(main)
