"""Timers come by their times, after what is ready."""

import asyncio

from trace import run, say, ticks


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(0.03, say, "30 ms")
    loop.call_later(0.01, say, "10 ms")
    loop.call_at(0.02, say, "at 20 ms")
    loop.call_later(0, say, "no delay")
    loop.call_soon(say, "soon")
    await ticks(2.5)
    say("main after 25 ms")
    await ticks(1)


run(main)
