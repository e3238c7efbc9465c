"""What is thrown comes out of yield."""

from trace import Boom, describe, outcome, run, say, ticks


async def main():
    async def stubborn():
        while True:
            try:
                yield "item"
            except Boom as error:
                say("caught", describe(error))
                await ticks(1)
                if error.args[0] == "last":
                    raise Boom("out")

    generator = stubborn()
    say(await generator.__anext__())
    say(await generator.athrow(Boom("first")))
    say(await outcome(generator.athrow(Boom("last"))))
    say(await outcome(generator.__anext__()))
    fresh = stubborn()
    say(await outcome(fresh.athrow(Boom("not begun"))))
    say(await outcome(fresh.__anext__()))


run(main)
