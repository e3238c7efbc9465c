"""A child that is cancelled is no failure."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        say(name, "ends")

    async with asyncio.TaskGroup() as group:
        a = group.create_task(child("a", 2))
        group.create_task(child("b", 3))
        await ticks(1)
        a.cancel()
    say(a.cancelled())


run(main)
