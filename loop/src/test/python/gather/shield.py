"""What is shielded goes on when the one who awaits it is cancelled."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def inner():
        await ticks(3)
        say("inner ends")
        return "inner"

    task = asyncio.create_task(inner())

    async def outer():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            say("outer cancelled", task.done())
            raise

    awaiting = asyncio.create_task(outer())
    await ticks(1)
    awaiting.cancel()
    say(await outcome(awaiting))
    say(await task)


run(main)
