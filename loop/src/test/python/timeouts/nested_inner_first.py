"""An inner deadline ends the inner block alone."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    async with asyncio.timeout(0.05) as outer:
        try:
            async with asyncio.timeout(0.02):
                await ticks(10)
        except TimeoutError as error:
            say("inner", describe(error))
        await ticks(1)
        say("the outer block goes on")
    say("outer expired", outer.expired())


run(main)
