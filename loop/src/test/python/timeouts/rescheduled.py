"""A deadline may be moved while the block is entered."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(0.02) as timeout:
            await ticks(1)
            timeout.reschedule(loop.time() + 0.03)
            await ticks(2)
            say("still in time")
            timeout.reschedule(None)
            await ticks(5)
            timeout.reschedule(loop.time() + 0.01)
            await ticks(2)
            say("never")
    except TimeoutError as error:
        say(describe(error))
    try:
        timeout.reschedule(loop.time())
    except RuntimeError as error:
        say(describe(error))


run(main)
