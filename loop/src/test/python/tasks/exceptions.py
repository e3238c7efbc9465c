"""An exception goes up through the tasks that await, and may be caught anywhere."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def fails():
        await ticks(1)
        raise Boom("deep")

    async def passes_on():
        try:
            await asyncio.create_task(fails())
        finally:
            say("finally")
            await ticks(1)
            say("finally after a sleep")

    async def catches():
        try:
            await asyncio.create_task(passes_on())
        except Boom as error:
            say("caught", describe(error))
            return "fine"

    say(await asyncio.create_task(catches()))


run(main)
