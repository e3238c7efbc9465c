"""A sleep that is cancelled throws in the next turn, and finally blocks may await."""

import asyncio

from trace import outcome, run, say, ticks, turn


async def main():
    async def child():
        try:
            await ticks(100)
        except asyncio.CancelledError:
            say("cancelled")
            raise
        finally:
            await ticks(2)
            say("cleaned up")

    task = asyncio.create_task(child())
    await ticks(1)
    task.cancel()
    say("asked")
    say(await outcome(task))


run(main)
