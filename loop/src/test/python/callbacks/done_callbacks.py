"""Done callbacks are called in order, in the turn after the future is done."""

import asyncio

from trace import run, say, turn


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def one(f):
        say("one", f.result())
        f.add_done_callback(lambda f: say("added when done", f.result()))

    future.add_done_callback(one)
    future.add_done_callback(lambda f: say("two", f.result()))
    loop.call_soon(say, "was ready before")
    future.set_result(7)
    loop.call_soon(say, "came after")
    say("set")
    await turn()
    say("after one turn")
    await turn()


run(main)
