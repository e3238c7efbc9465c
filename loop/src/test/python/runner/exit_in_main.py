"""SystemExit out of main."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            say("child ends")

    asyncio.create_task(child())
    await ticks(1)
    try:
        raise SystemExit(4)
    finally:
        say("main ends")


run(main)
