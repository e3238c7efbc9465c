"""A child that is cancelled is an error of the gather; the siblings go on."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        say(name, "ends")
        return name

    a = asyncio.create_task(child("a", 2))
    b = asyncio.create_task(child("b", 3))
    future = asyncio.gather(a, b)
    await ticks(1)
    a.cancel("go")
    say(await outcome(future), future.cancelled(), b.done())
    say(await b)


run(main)
