"""The first failure cancels the siblings and the block."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def child(name, n, fails=False):
        try:
            await ticks(n)
            if fails:
                raise Boom(name)
        finally:
            say(name, "ends")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("a", 5))
            group.create_task(child("b", 1, True))
            try:
                await ticks(10)
            except asyncio.CancelledError:
                say("block cancelled", asyncio.current_task().cancelling())
                raise
    except* Boom as error:
        say(describe(error))
    say(asyncio.current_task().cancelling())


run(main)
