"""A task's done callbacks come before those who await it go on only if they were added before."""

import asyncio

from trace import run, say, turn


async def main():
    async def child():
        await turn()
        return 1

    task = asyncio.create_task(child())
    task.add_done_callback(lambda t: say("added before", t.result()))
    say(await task)
    task.add_done_callback(lambda t: say("added when done", t.result()))
    say("not called yet")
    await turn()


run(main)
