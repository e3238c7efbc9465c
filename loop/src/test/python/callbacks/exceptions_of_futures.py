"""A future's exception is thrown for each who awaits it."""

import asyncio

from trace import Boom, describe, outcome, run, say, turn


async def main():
    future = asyncio.get_running_loop().create_future()

    async def waiter(name):
        say(name, await outcome(future))

    tasks = [asyncio.create_task(waiter(name)) for name in "ab"]
    await turn()
    future.set_exception(Boom("once"))
    try:
        future.set_result(1)
    except asyncio.InvalidStateError as error:
        say(describe(error))
    say("cancel says", future.cancel())
    for task in tasks:
        await task
    say("and again", await outcome(future))


run(main)
