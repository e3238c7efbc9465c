"""A timeout around a group cancels its tasks."""

import asyncio

from trace import describe, run, say, ticks


async def main():
    async def child(name, n):
        try:
            await ticks(100)
        finally:
            await ticks(n)
            say(name, "ends")

    try:
        async with asyncio.timeout(0.02):
            async with asyncio.TaskGroup() as group:
                group.create_task(child("a", 2))
                async with asyncio.timeout(5):
                    group.create_task(child("b", 1))
                    await ticks(100)
    except TimeoutError as error:
        say(describe(error))
    say(asyncio.current_task().cancelling())


run(main)
