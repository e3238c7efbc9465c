"""Cancelling gather cancels all, and is done when they are."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(name, n):
        try:
            await ticks(100)
        finally:
            await ticks(n)
            say(name, "ended")

    future = asyncio.gather(child("a", 3), child("b", 1))
    await ticks(1)
    say("cancel says", future.cancel())
    say("cancel says", future.cancel())
    say(await outcome(future), future.cancelled())


run(main)
