"""A lock is given in the order in which it was asked for."""

import asyncio

from trace import run, say, ticks, turn


async def main():
    lock = asyncio.Lock()

    async def user(name):
        async with lock:
            say(name, "has it")
            await ticks(1)
        say(name, "gave it back")

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(user(name))
        await turn()
        say("locked", lock.locked())
    say("locked", lock.locked())


run(main)
