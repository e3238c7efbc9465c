"""Clean-ups that await, one inside of the other, run to their ends."""

import asyncio

from trace import run, say, ticks


async def main():
    async def deepest():
        try:
            await ticks(100)
        finally:
            await ticks(1)
            say("deepest")

    async def deep():
        try:
            await asyncio.create_task(deepest())
        finally:
            await ticks(1)
            say("deep")

    async def shallow():
        try:
            await asyncio.gather(deep(), deep())
        finally:
            await ticks(1)
            say("shallow")

    asyncio.create_task(shallow())
    await ticks(1)


run(main)
