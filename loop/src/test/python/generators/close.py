"""aclose runs the finally blocks, awaits in them too, and does nothing again."""

from trace import outcome, run, say, ticks


async def main():
    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            say("closing")
            await ticks(2)
            say("closed")

    generator = numbers()
    say(await generator.__anext__())
    await generator.aclose()
    await generator.aclose()
    say(await outcome(generator.__anext__()))
    unused = numbers()
    await unused.aclose()
    say(await outcome(unused.__anext__()))


run(main)
