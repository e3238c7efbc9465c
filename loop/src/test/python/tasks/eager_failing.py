"""What an eager task throws is its exception, not its create call's."""

import asyncio

from trace import Boom, outcome, run, say, turn


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

    async def fails():
        say("fails")
        raise Boom("at once")

    async def cancels_itself():
        asyncio.current_task().cancel()
        say("cancelled, and goes on")
        await turn()
        say("never")

    a = asyncio.create_task(fails())
    b = asyncio.create_task(cancels_itself())
    say(a.done(), b.done())
    say(await outcome(a))
    say(await outcome(b))


run(main)
