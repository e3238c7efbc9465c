"""Two requests before the delivery make one error; one during the clean-up interrupts that."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            say("count", asyncio.current_task().cancelling())
            try:
                await ticks(5)
                say("never")
            finally:
                say("count", asyncio.current_task().cancelling())

    task = asyncio.create_task(child())
    await ticks(1)
    task.cancel("one")
    task.cancel("two")
    await ticks(1)
    task.cancel("three")
    say(await outcome(task))


run(main)
