"""The current task, and those that aren't done."""

import asyncio

from trace import run, say, ticks


async def main():
    asyncio.current_task().set_name("main")

    def names():
        return sorted(task.get_name() for task in asyncio.all_tasks())

    async def child():
        say(asyncio.current_task().get_name(), names())
        await ticks(1)

    tasks = [asyncio.create_task(child(), name=name) for name in ("one", "two")]
    say(asyncio.current_task().get_name(), names())
    asyncio.get_running_loop().call_soon(lambda: say("in a callback", asyncio.current_task()))
    await asyncio.wait(tasks)
    say(names())


run(main)
