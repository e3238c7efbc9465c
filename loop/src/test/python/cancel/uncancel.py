"""A request that is taken back before its delivery is forgotten once the count is zero."""

import asyncio

from trace import outcome, run, say, turn


async def main():
    async def child():
        me = asyncio.current_task()
        me.cancel()
        say(me.cancelling(), me.uncancel())
        await turn()
        say("goes on")
        me.cancel()
        me.cancel()
        say(me.uncancel())
        await turn()
        say("never")

    say(await outcome(asyncio.create_task(child())))


run(main)
