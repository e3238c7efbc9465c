"""Iterated asynchronously it gives the tasks themselves."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(n):
        await ticks(n)
        return n

    tasks = [asyncio.create_task(child(n), name=f"task {n}") for n in (3, 1, 2)]
    async for task in asyncio.as_completed(tasks):
        say(task.get_name(), task.done(), await task)


run(main)
