"""A deadline that has passed lets a block end that never suspends."""

import asyncio

from trace import describe, run, say, turn


async def main():
    async with asyncio.timeout(-1) as timeout:
        say("no suspension", timeout.expired())
    say(timeout.expired())
    try:
        async with asyncio.timeout(0):
            await turn()
            say("one turn is left")
            await turn()
            say("never")
    except TimeoutError as error:
        say(describe(error))


run(main)
