"""A task runs in a copy of its maker's context, taken when it is made."""

import asyncio
import contextvars

from trace import run, say, turn


VAR = contextvars.ContextVar("VAR", default="default")


async def main():
    async def child(name):
        say(name, VAR.get())
        VAR.set(name)
        await turn()
        say(name, VAR.get())

    VAR.set("main")
    a = asyncio.create_task(child("a"))
    VAR.set("main again")
    b = asyncio.create_task(child("b"))
    own = contextvars.copy_context()
    c = asyncio.create_task(child("c"), context=own)
    await asyncio.wait([a, b, c])
    say("main", VAR.get(), "own", own[VAR])


run(main)
