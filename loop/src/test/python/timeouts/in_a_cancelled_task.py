"""A timeout works in a task that is being cancelled already."""

import asyncio

from trace import describe, outcome, run, say, ticks


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            try:
                async with asyncio.timeout(0.02):
                    await ticks(5)
            except TimeoutError as error:
                say("clean-up took too long:", describe(error))

    task = asyncio.create_task(child())
    await ticks(1)
    task.cancel("outside")
    say(await outcome(task), task.cancelling())


run(main)
