"""Cancelling the one who waits lets the tasks go on."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child():
        await ticks(2)
        say("child ends")

    task = asyncio.create_task(child())
    waiting = asyncio.create_task(asyncio.wait([task]))
    await ticks(1)
    waiting.cancel()
    say(await outcome(waiting))
    await task


run(main)
