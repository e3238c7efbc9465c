"""The most negative delay comes first, whenever it was registered."""

import asyncio

from trace import run, say, turn


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(-1, say, "-1")
    loop.call_later(-3, say, "-3")
    loop.call_later(-2, say, "-2")
    loop.call_soon(say, "soon")
    await turn()
    say("after one turn")
    await turn()
    say("after two turns")


run(main)
