"""So many at a time."""

import asyncio

from trace import run, say, ticks


async def main():
    semaphore = asyncio.Semaphore(2)

    async def user(name, n):
        async with semaphore:
            say(name, "enters")
            await ticks(n)
        say(name, "left")

    await asyncio.gather(user("a", 3), user("b", 1), user("c", 1), user("d", 1))
    say(semaphore.locked())
    bounded = asyncio.BoundedSemaphore(1)
    try:
        bounded.release()
    except ValueError:
        say("released too often")


run(main)
