"""What goes wrong while generators are closed at shutdown goes to the handler."""

from trace import Boom, run, say, turn


KEPT = []


async def main():
    async def numbers():
        try:
            yield "item"
        finally:
            await turn()
            raise Boom("closing")

    generator = numbers()
    KEPT.append(generator)
    say(await generator.__anext__())


run(main)
