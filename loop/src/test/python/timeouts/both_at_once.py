"""Two deadlines at the same time: both expire, the outer one's error comes out."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    try:
        async with asyncio.timeout_at(0.02) as outer:
            try:
                async with asyncio.timeout_at(0.02) as inner:
                    await ticks(10)
            except TimeoutError:
                say("inner", inner.expired(), outer.expired())
            await ticks(1)
            say("goes on")
    except TimeoutError as error:
        say("outer", describe(error), outer.expired())
    say(asyncio.current_task().cancelling())


run(main)
