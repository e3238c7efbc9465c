"""A group that is aborting or has ended takes no more tasks."""

import asyncio

from trace import Boom, describe, run, say, ticks


async def main():
    async def fails():
        raise Boom("at once")

    async def never():
        say("never")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            try:
                await ticks(1)
            finally:
                coroutine = never()
                try:
                    group.create_task(coroutine)
                except RuntimeError as error:
                    say(describe(error))
    except* Boom as error:
        say(describe(error))
    try:
        group.create_task(never())
    except RuntimeError as error:
        say(describe(error))


run(main)
