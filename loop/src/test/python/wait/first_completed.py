"""The first that is done ends it, and nothing is cancelled."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child(name, n):
        await ticks(n)
        say(name, "ends")
        return name

    tasks = [asyncio.create_task(child(name, n), name=name) for name, n in (("a", 3), ("b", 1))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    say([t.get_name() for t in done], [t.get_name() for t in pending])
    done, pending = await asyncio.wait(tasks)
    say(sorted(t.get_name() for t in done), [t.get_name() for t in pending])


run(main)
