"""A group waits for all its tasks."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        say(name)
        return name

    async with asyncio.TaskGroup() as group:
        a = group.create_task(child("a", 2))
        b = group.create_task(child("b", 1))
        say("block ends")
    say(a.result(), b.result())
    async with asyncio.TaskGroup():
        say("empty")


run(main)
