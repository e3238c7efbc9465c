"""A main that is cancelled says so."""

import asyncio

from trace import run, say, ticks


async def main():
    asyncio.get_running_loop().call_later(0.01, asyncio.current_task().cancel)
    try:
        await ticks(100)
    finally:
        say("main ends")


run(main)
