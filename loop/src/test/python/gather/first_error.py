"""The first error ends gather; the others go on."""

import asyncio

from trace import Boom, outcome, run, say, ticks


async def main():
    async def child(name, n, fails=False):
        try:
            await ticks(n)
            if fails:
                raise Boom(name)
            say(name, "ends")
        except asyncio.CancelledError:
            say(name, "cancelled")
            raise

    say(await outcome(asyncio.gather(child("a", 3), child("b", 1, True), child("c", 2, True))))
    await ticks(2.5)
    say("all had their time")


run(main)
