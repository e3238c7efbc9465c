"""Errors of the clean-up join the group in the order in which they come."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def child(name, n):
        try:
            await ticks(100)
        finally:
            await ticks(n)
            raise Boom(name)

    async def fails():
        await ticks(1)
        raise Boom("first")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("slow", 3))
            group.create_task(fails())
            group.create_task(child("quick", 1))
    except* Boom as error:
        say(describe(error))


run(main)
