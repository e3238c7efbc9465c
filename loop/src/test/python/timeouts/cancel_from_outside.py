"""A cancel from outside beats the deadline."""

import asyncio

from trace import outcome, run, say, ticks


async def main():
    async def child():
        try:
            async with asyncio.timeout(0.02):
                try:
                    await ticks(10)
                finally:
                    await ticks(2)
        except TimeoutError:
            say("never")

    task = asyncio.create_task(child())
    await ticks(3)
    task.cancel("outside")
    say(await outcome(task), task.cancelling())


run(main)
