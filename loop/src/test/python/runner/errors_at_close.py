"""What tasks throw when they are cancelled at shutdown goes to the handler."""

import asyncio

from trace import Boom, run, ticks, turn


async def main():
    async def child():
        try:
            await ticks(100)
        finally:
            raise Boom("child")

    asyncio.create_task(child())
    await turn()
    return "main"


run(main)
