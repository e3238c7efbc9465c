"""A body that yields while it is being closed is told off."""

from trace import Boom, outcome, run, say


KEPT = []


async def main():
    async def stubborn():
        try:
            yield 1
        finally:
            yield 2

    generator = stubborn()
    KEPT.append(generator)
    say(await generator.__anext__())
    say(await outcome(generator.aclose()))

    async def fails():
        try:
            yield 1
        finally:
            raise Boom("closing")

    generator = fails()
    say(await generator.__anext__())
    say(await outcome(generator.aclose()))


run(main)
