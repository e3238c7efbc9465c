"""Errors and cancellations are results like others."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def child(n, error=None):
        await ticks(n)
        if error:
            raise error
        return n

    results = await asyncio.gather(
        child(2), child(1, Boom("one")), child(3, asyncio.CancelledError()), return_exceptions=True
    )
    say(*[describe(each) if isinstance(each, BaseException) else each for each in results])


run(main)
