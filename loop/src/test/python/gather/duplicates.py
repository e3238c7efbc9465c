"""A future that comes twice is waited for once."""

import asyncio

from trace import run, say, ticks


async def main():
    async def child():
        say("runs once")
        await ticks(1)
        return "it"

    task = asyncio.create_task(child())
    say(await asyncio.gather(task, task, task))


run(main)
