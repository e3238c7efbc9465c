"""Leaving the loop early leaves it open; the shutdown closes those that are, after the tasks."""

import asyncio

from trace import run, say, ticks


KEPT = []


async def main():
    async def numbers(name, n):
        try:
            for i in range(10):
                yield i
        finally:
            await ticks(n)
            say(name, "closed")

    async def child():
        try:
            await ticks(100)
        finally:
            say("task ends")

    asyncio.create_task(child())
    for name, n in (("a", 2), ("b", 1)):
        generator = numbers(name, n)
        KEPT.append(generator)
        async for number in generator:
            say(name, number)
            if number == 1:
                break
    return "left"


run(main)
