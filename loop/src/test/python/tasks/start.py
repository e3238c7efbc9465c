"""A task begins in the next turn, in the order in which they were made."""

import asyncio

from trace import run, say, turn


async def main():
    async def child(name):
        say(name, "begins")
        await turn()
        say(name, "ends")
        return name.upper()

    a = asyncio.create_task(child("a"))
    b = asyncio.create_task(child("b"))
    say("both made")
    say(await b)
    say(a.done(), await a)


run(main)
