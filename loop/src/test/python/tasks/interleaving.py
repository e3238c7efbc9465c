"""Tasks take turns at every sleep(0)."""

import asyncio

from trace import run, say, turn


async def main():
    async def count(name, n):
        for i in range(n):
            say(name, i)
            await turn()
        return n

    tasks = [asyncio.create_task(count(name, n)) for name, n in (("a", 3), ("b", 1), ("c", 2))]
    for task in tasks:
        say("result", await task)


run(main)
