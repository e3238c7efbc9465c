"""Producer and consumer with room for two."""

import asyncio

from trace import run, say, ticks


async def main():
    queue = asyncio.Queue(2)

    async def producer():
        for i in range(5):
            await queue.put(i)
            say("put", i, queue.qsize())

    async def consumer():
        for _ in range(5):
            await ticks(1)
            say("got", await queue.get())
            queue.task_done()

    tasks = [asyncio.create_task(producer()), asyncio.create_task(consumer())]
    await ticks(0.5)
    await queue.join()
    say("joined", queue.empty())
    await asyncio.wait(tasks)


run(main)
