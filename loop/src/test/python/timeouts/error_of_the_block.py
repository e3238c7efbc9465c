"""Another error of the block comes out as it is."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    try:
        async with asyncio.timeout(0.01) as timeout:
            try:
                await ticks(5)
            except asyncio.CancelledError:
                raise Boom("instead")
    except Boom as error:
        say(describe(error), timeout.expired(), asyncio.current_task().cancelling())
    async with asyncio.timeout(0.01) as timeout:
        try:
            await ticks(5)
        except asyncio.CancelledError:
            say("swallowed")
    say(timeout.expired(), asyncio.current_task().cancelling())
    await ticks(1)


run(main)
