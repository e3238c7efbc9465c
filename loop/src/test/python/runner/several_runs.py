"""Runs of a runner share their context and their loop."""

import asyncio
import contextvars

from trace import VirtualLoop, say, ticks


VAR = contextvars.ContextVar("VAR", default="default")


def several():
    async def one():
        say(VAR.get())
        VAR.set("one")
        asyncio.create_task(left())

    async def left():
        say("left, of", VAR.get())
        await ticks(1)
        say("goes on in the next run")

    async def two():
        say(VAR.get())
        await ticks(2)
        return "two"

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(one())
        say(runner.run(two()))


several()
