"""An event that is set and cleared at once still wakes those who waited."""

import asyncio

from trace import run, say, ticks, turn


async def main():
    event = asyncio.Event()

    async def waiter(name):
        await event.wait()
        say(name, "goes on", event.is_set())

    tasks = [asyncio.create_task(waiter(name)) for name in "ab"]
    await turn()
    event.set()
    event.clear()
    late = asyncio.create_task(waiter("late"))
    await ticks(1)
    say(late.done())
    event.set()
    await asyncio.wait([*tasks, late])


run(main)
