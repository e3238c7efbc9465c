"""What a callback throws goes to the handler, and the loop goes on."""

import asyncio

from trace import Boom, run, say, ticks


async def main():
    loop = asyncio.get_running_loop()

    def fail(word):
        say("about to fail", word)
        raise Boom(word)

    loop.call_soon(fail, "soon")
    loop.call_later(0.01, fail, "later")
    future = loop.create_future()
    future.add_done_callback(lambda f: fail("done"))
    future.set_result(None)
    loop.call_soon(say, "not disturbed")
    await ticks(2)
    say("main ends")


run(main)
