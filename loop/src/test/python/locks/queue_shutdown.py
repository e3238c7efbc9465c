"""After a shutdown puts fail at once, gets when nothing is left."""

import asyncio

from trace import outcome, run, say, turn


async def main():
    queue = asyncio.Queue(1)
    await queue.put("last")

    async def putter():
        await queue.put("never")

    async def getter(name):
        return f"{name} {await queue.get()}"

    blocked = asyncio.create_task(putter())
    await turn()
    queue.shutdown()
    say("put", type(await failure(blocked)).__name__)
    say("get", await outcome(getter("a")))
    say("get", type(await failure(getter("b"))).__name__)
    waiting = asyncio.Queue()
    blocked = asyncio.create_task(waiting.get())
    await turn()
    waiting.shutdown()
    say("get", type(await failure(blocked)).__name__)


async def failure(awaitable):
    try:
        await awaitable
    except asyncio.QueueShutDown as error:
        return error


run(main)
