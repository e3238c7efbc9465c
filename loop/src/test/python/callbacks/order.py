"""Callbacks come in the order of their registration, those registered meanwhile one turn later."""

import asyncio

from trace import run, say, turn


async def main():
    loop = asyncio.get_running_loop()

    def first():
        say("first")
        loop.call_soon(say, "registered by first")

    loop.call_soon(first)
    loop.call_soon(say, "second")
    say("main goes on")
    await turn()
    say("after one turn")
    await turn()
    say("after two turns")


run(main)
