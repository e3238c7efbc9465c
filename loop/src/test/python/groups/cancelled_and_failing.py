"""Errors beat a cancel from outside, which is delivered at the next await."""

import asyncio

from trace import Boom, describe, outcome, run, say, ticks, turn


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            raise Boom("child")

    async def grouping():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(child())
        except* Boom as error:
            say(describe(error), asyncio.current_task().cancelling())
        await turn()
        say("never")

    task = asyncio.create_task(grouping())
    await ticks(1)
    task.cancel()
    say(await outcome(task))


run(main)
