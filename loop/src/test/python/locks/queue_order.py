"""The queues' orders, and getters that are served in the order in which they came."""

import asyncio

from trace import run, say, turn


async def main():
    for kind in asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue:
        queue = kind()
        for item in 2, 3, 1:
            queue.put_nowait(item)
        say(kind.__name__, [queue.get_nowait() for _ in range(3)])
    queue = asyncio.Queue()

    async def getter(name):
        say(name, await queue.get())

    tasks = [asyncio.create_task(getter(name)) for name in "abc"]
    await turn()
    tasks[0].cancel()
    for item in 1, 2:
        queue.put_nowait(item)
    await asyncio.wait(tasks)


run(main)
