"""Items are made when they are asked for, in the task that asks."""

from trace import run, say, ticks


async def main():
    async def numbers():
        for i in range(3):
            say("makes", i)
            await ticks(1)
            yield i
        say("no more")

    async for number in numbers():
        say("got", number)


run(main)
