"""When its time is over it answers what it has, and lets the tasks go on."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(n):
        await ticks(n)
        return n

    tasks = [asyncio.create_task(child(n), name=str(n)) for n in (1, 2, 3)]
    done, pending = await asyncio.wait(tasks, timeout=0.015)
    say(sorted(t.get_name() for t in done), sorted(t.get_name() for t in pending))
    say(await outcome(tasks[2]))


run(main)
