"""A generator that goes through another closes it itself."""

from trace import run, say, turn


async def main():
    async def inner():
        try:
            for i in range(5):
                yield i
        finally:
            say("inner ends")

    async def outer():
        source = inner()
        try:
            async for item in source:
                await turn()
                yield item * 10
        finally:
            await source.aclose()
            say("outer ends")

    generator = outer()
    async for item in generator:
        say(item)
        if item == 20:
            break
    await generator.aclose()
    say("closed")


run(main)
