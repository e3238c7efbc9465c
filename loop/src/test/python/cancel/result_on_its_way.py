"""A cancel beats a result that is on its way."""

import asyncio

from trace import outcome, run, say, turn


async def main():
    future = asyncio.get_running_loop().create_future()

    async def child():
        say("got", await future)

    task = asyncio.create_task(child())
    await turn()
    future.set_result(1)
    say("cancel says", task.cancel())
    say(await outcome(task), future.result())


run(main)
