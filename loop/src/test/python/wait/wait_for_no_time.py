"""Without any time it answers what is done, and else never begins."""

import asyncio

from trace import outcome, run, say


async def main():
    async def child():
        say("never")

    future = asyncio.get_running_loop().create_future()
    future.set_result("done")
    say(await outcome(asyncio.wait_for(future, 0)))
    say(await outcome(asyncio.wait_for(child(), 0)))
    pending = asyncio.get_running_loop().create_future()
    say(await outcome(asyncio.wait_for(pending, 0)), pending.cancelled())


run(main)
