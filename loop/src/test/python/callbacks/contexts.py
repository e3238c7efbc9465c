"""A callback runs in a copy of the context in which it was registered."""

import asyncio
import contextvars

from trace import run, say, turn


VAR = contextvars.ContextVar("VAR", default="default")


async def main():
    loop = asyncio.get_running_loop()

    def callback(word):
        say(word, VAR.get())
        VAR.set("set by " + word)

    loop.call_soon(callback, "before")
    VAR.set("main")
    loop.call_soon(callback, "after")
    own = contextvars.copy_context()
    loop.call_soon(callback, "given", context=own)
    loop.call_soon(callback, "given again", context=own)
    await turn()
    say("main sees", VAR.get())


run(main)
