"""Results come in the order of the arguments, whichever is ready first."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        say(name)
        return name

    say(await asyncio.gather(child("a", 3), child("b", 1), child("c", 2)))
    say(await asyncio.gather())


run(main)
