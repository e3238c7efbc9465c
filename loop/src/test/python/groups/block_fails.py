"""An error of the block cancels the tasks, and joins the group last."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            say("child ends")
            raise Boom("child")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await ticks(1)
            group.create_task(child())
            raise Boom("block")
    except* Boom as error:
        say(describe(error))


run(main)
