"""A cancel flows into the task that is awaited."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def inner():
        try:
            await ticks(100)
        finally:
            say("inner ends")

    async def outer():
        try:
            await task
        finally:
            say("outer ends", task.cancelled())

    task = asyncio.create_task(inner())
    awaiting = asyncio.create_task(outer())
    await ticks(1)
    awaiting.cancel("from outside")
    say(await outcome(awaiting))


run(main)
