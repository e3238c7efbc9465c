"""An outer deadline that comes first passes through the inner block as a cancellation."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    try:
        async with asyncio.timeout(0.02):
            try:
                async with asyncio.timeout(0.05) as inner:
                    await ticks(10)
            except TimeoutError:
                say("never")
            finally:
                say("inner expired", inner.expired())
    except TimeoutError as error:
        say("outer", describe(error))


run(main)
