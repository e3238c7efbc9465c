"""A cancelled task is no exception."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def child(n, fails=False):
        await ticks(n)
        if fails:
            raise Boom("fails")

    tasks = [
        asyncio.create_task(child(n, n == 3), name=name)
        for n, name in ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
    ]
    asyncio.get_running_loop().call_later(0.015, tasks[1].cancel)
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    say(sorted(t.get_name() for t in done), sorted(t.get_name() for t in pending))
    say(describe(tasks[2].exception()))


run(main)
