"""Its timeout leaves the tasks running."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child(n):
        await ticks(n)
        return n

    tasks = [asyncio.create_task(child(n)) for n in (1, 3)]
    for each in asyncio.as_completed(tasks, timeout=0.02):
        say(await outcome(each))
    say(tasks[1].done(), await tasks[1])


run(main)
