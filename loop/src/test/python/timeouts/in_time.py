"""A block that ends in time is left alone."""

import asyncio

from trace import run, say, ticks


async def main():
    async with asyncio.timeout(0.05) as timeout:
        await ticks(1)
        say("in time")
    say(timeout.expired())
    await ticks(10)
    say("nothing came after")


run(main)
