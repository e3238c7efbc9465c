"""One who is cancelled while waiting, or just after having been woken, passes the lock on."""

import asyncio

from trace import outcome, run, say, turn


async def main():
    lock = asyncio.Lock()

    async def user(name):
        async with lock:
            say(name, "has it")
            await turn()

    await lock.acquire()
    tasks = [asyncio.create_task(user(name)) for name in "abcd"]
    await turn()
    tasks[0].cancel()
    await turn()
    lock.release()
    tasks[1].cancel()
    for task in tasks:
        say(await outcome(task))
    say("locked", lock.locked())


run(main)
