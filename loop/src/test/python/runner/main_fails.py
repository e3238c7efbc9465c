"""What main throws comes out, after the clean-up."""

import asyncio

from trace import Boom, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            say("child ends")

    asyncio.create_task(child())
    await ticks(1)
    raise Boom("main")


run(main)
