"""The earliest comes first."""

import asyncio

from trace import Boom, outcome, run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        if n == 2:
            raise Boom(name)
        return name

    for each in asyncio.as_completed([child("a", 3), child("b", 1), child("c", 2)]):
        say(await outcome(each))


run(main)
