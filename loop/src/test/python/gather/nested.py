"""Gathers of gathers."""

import asyncio

from trace import Boom, outcome, run, say, ticks


async def main():
    async def child(n):
        await ticks(n)
        if n == 3:
            raise Boom("three")
        return n

    say(
        await outcome(
            asyncio.gather(
                asyncio.gather(child(1), child(2)), asyncio.gather(child(3), child(4)), child(5)
            )
        )
    )
    await ticks(3)


run(main)
