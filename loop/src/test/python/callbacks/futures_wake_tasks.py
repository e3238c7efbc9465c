"""Tasks that await one future go on in the order in which they came."""

import asyncio

from trace import Boom, describe, outcome, run, say, turn


async def main():
    future = asyncio.get_running_loop().create_future()

    async def waiter(name):
        say(name, "waits")
        try:
            say(name, "got", await future)
        except Boom as error:
            say(name, describe(error))

    tasks = [asyncio.create_task(waiter(name)) for name in "abc"]
    await turn()
    tasks[1].cancel()
    say("future is cancelled:", future.cancelled())
    await turn()
    say("future is cancelled:", future.cancelled())
    for task in tasks:
        say(await outcome(task))


run(main)
