"""An exception in a finally block takes the place of the cancellation."""

import asyncio

from trace import Boom, outcome, run, say, ticks, turn


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            raise Boom("while cleaning up")

    task = asyncio.create_task(child())
    await turn()
    task.cancel()
    say(await outcome(task), task.cancelled())


run(main)
