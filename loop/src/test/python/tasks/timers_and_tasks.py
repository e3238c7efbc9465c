"""Sleeps of several tasks end by their times."""

import asyncio

from trace import run, say, ticks


async def main():
    async def sleeper(name, *times):
        for time in times:
            await ticks(time)
            say(name)

    await asyncio.gather(
        sleeper("a", 1, 3),
        sleeper("b", 2, 1),
        sleeper("c", 5),
        sleeper("d", 0.5, 0.6, 0.7),
    )


run(main)
