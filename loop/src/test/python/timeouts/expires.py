"""The block is cancelled, and TimeoutError comes out of it."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    try:
        async with asyncio.timeout(0.02) as timeout:
            say(timeout.when(), timeout.expired())
            try:
                await ticks(5)
            except asyncio.CancelledError as error:
                say("inside", describe(error), asyncio.current_task().cancelling())
                raise
    except TimeoutError as error:
        say("outside", describe(error))
    say(timeout.expired(), asyncio.current_task().cancelling())
    await ticks(1)


run(main)
