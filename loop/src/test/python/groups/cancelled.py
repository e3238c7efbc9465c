"""A cancel from outside cancels the tasks, and comes out alone."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(name, n):
        try:
            await ticks(100)
        finally:
            await ticks(n)
            say(name, "ends")

    async def grouping():
        async with asyncio.TaskGroup() as group:
            group.create_task(child("a", 2))
            group.create_task(child("b", 1))

    task = asyncio.create_task(grouping())
    await ticks(1)
    task.cancel("outside")
    say(await outcome(task), task.cancelled())


run(main)
