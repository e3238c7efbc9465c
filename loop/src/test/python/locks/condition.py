"""notify wakes so many, each of which takes the lock again."""

import asyncio

from trace import run, say, ticks, turn


async def main():
    condition = asyncio.Condition()

    async def waiter(name):
        async with condition:
            await condition.wait()
            say(name, "woken")
            await turn()
            say(name, "leaves")

    tasks = [asyncio.create_task(waiter(name)) for name in "abc"]
    await turn()
    async with condition:
        condition.notify(2)
        say("notified, and still has the lock")
        await turn()
    await ticks(1)
    say([task.done() for task in tasks])
    async with condition:
        condition.notify_all()
    await tasks[2]


run(main)
