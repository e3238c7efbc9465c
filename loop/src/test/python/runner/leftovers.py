"""Tasks that are left are cancelled and waited for."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(name, n):
        try:
            say(name, "begins")
            await ticks(100)
        finally:
            await ticks(n)
            say(name, "ends")

    for name, n in (("a", 3), ("b", 1), ("c", 2)):
        asyncio.create_task(child(name, n))
    await ticks(1)
    asyncio.create_task(child("d", 4))
    return "main"


run(main)
