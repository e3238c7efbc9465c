"""An eager task runs inside its create call, up to its first suspension."""

import asyncio

from trace import run, say, turn


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

    parent = asyncio.current_task()

    async def child(name, suspends):
        say(name, "begins in a task of its own:", asyncio.current_task() is not parent)
        if suspends:
            await turn()
            say(name, "goes on")
        return name

    a = asyncio.create_task(child("a", False))
    say("a done", a.done())
    b = asyncio.create_task(child("b", True))
    say("b done", b.done())
    say(await a)
    say("a took no turn")
    say(await b)


run(main)
