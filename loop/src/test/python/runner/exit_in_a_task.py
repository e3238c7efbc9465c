"""SystemExit leaves the loop at once; the others are cancelled in the end."""

import asyncio

from trace import run, say, ticks


async def main():
    async def exits():
        await ticks(1)
        say("exits")
        raise SystemExit(3)

    async def child():
        try:
            await ticks(100)
        finally:
            await ticks(1)
            say("child ends")

    asyncio.create_task(child())
    asyncio.create_task(exits())
    try:
        await ticks(100)
    finally:
        say("main ends")


run(main)
