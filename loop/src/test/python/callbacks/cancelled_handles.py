"""A handle that an earlier callback of the same turn cancels is skipped."""

import asyncio

from trace import run, say, ticks, turn


async def main():
    loop = asyncio.get_running_loop()
    later = loop.call_later(0.01, say, "never")
    loop.call_soon(lambda: second.cancel())
    second = loop.call_soon(say, "never either")
    third = loop.call_soon(say, "third")
    await turn()
    third.cancel()
    say(second.cancelled(), third.cancelled(), later.cancelled())
    later.cancel()
    await ticks(2)
    say("nothing else came")


run(main)
