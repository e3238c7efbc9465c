"""A task that is cancelled before it begins never does."""

import asyncio

from trace import outcome, run, say


async def main():
    async def child():
        say("never")

    task = asyncio.create_task(child())
    say(task.cancel(), task.cancelled(), task.cancelling())
    say(await outcome(task))
    say(task.cancelled(), task.cancel())


run(main)
