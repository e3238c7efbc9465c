"""A barrier lets them all go on when the last has come, and is used again."""

import asyncio

from trace import run, say, ticks


async def main():
    barrier = asyncio.Barrier(3)

    async def party(name, n):
        for _ in range(2):
            await ticks(n)
            say(name, "waits", barrier.n_waiting)
            position = await barrier.wait()
            say(name, "goes on", position)

    await asyncio.gather(party("a", 1), party("b", 2), party("c", 3))
    say(barrier.n_waiting, barrier.broken)


run(main)
