"""A chain of tasks takes two turns for each link."""

import asyncio

from trace import run, say, turn


async def main():
    turns = 0
    done = False

    async def clock():
        nonlocal turns
        while not done:
            await turn()
            turns += 1

    async def link(n):
        if n == 0:
            return "end"
        return await asyncio.create_task(link(n - 1))

    asyncio.create_task(clock())
    await turn()
    before = turns
    say(await asyncio.create_task(link(5)))
    say("turns", turns - before)
    done = True


run(main)
