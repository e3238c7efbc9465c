"""One who is cancelled takes the lock again before the error comes out."""

import asyncio

from trace import outcome, run, say, ticks, turn


async def main():
    condition = asyncio.Condition()

    async def waiter():
        async with condition:
            try:
                await condition.wait()
            except asyncio.CancelledError as error:
                say("cancelled, has the lock", condition.locked())
                raise

    task = asyncio.create_task(waiter())
    await turn()
    await condition.acquire()
    task.cancel("go")
    await ticks(1)
    say("done", task.done())
    condition.release()
    say(await outcome(task), condition.locked())


run(main)
