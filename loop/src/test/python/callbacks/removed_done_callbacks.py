"""All equal callbacks are removed, and how many is said; once scheduled they come all the same."""

import asyncio

from trace import run, say, turn


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def called(f):
        say("called", f.result())

    future.add_done_callback(called)
    future.add_done_callback(called)
    future.add_done_callback(lambda f: say("other"))
    say("removed", future.remove_done_callback(called))
    future.add_done_callback(called)
    future.set_result(1)
    say("removed", future.remove_done_callback(called))
    await turn()


run(main)
