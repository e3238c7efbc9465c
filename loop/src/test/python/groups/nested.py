"""A failure in an inner group ends that, and its error group the outer one."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def fails(n):
        await ticks(n)
        raise Boom(str(n))

    async def sleeps(name):
        try:
            await ticks(100)
        finally:
            say(name, "ends")

    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(sleeps("outer child"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(sleeps("inner child"))
                inner.create_task(fails(1))
    except* Boom as error:
        say(describe(error))


run(main)
