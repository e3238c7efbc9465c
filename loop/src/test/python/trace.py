"""What the programs here share: a loop whose time is virtual, and a way to say what happens."""

import asyncio


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time goes on only when nothing is ready, and then at once to the next timer."""

    def __init__(self):
        super().__init__()
        self._now = 0.0
        select = self._selector.select

        def skip(timeout=None):
            if timeout is None:
                return select(None)
            if timeout > 0:
                self._now += timeout
            return select(0)

        self._selector.select = skip
        self.set_exception_handler(handler)

    def time(self):
        return self._now


class Boom(Exception):
    """What goes wrong in the programs."""


def describe(error):
    """The type and the message of an error; of a group also what is in it."""
    if isinstance(error, BaseExceptionGroup):
        return f"ExceptionGroup[{', '.join(describe(each) for each in error.exceptions)}]"
    if isinstance(error, (Boom, asyncio.CancelledError)):
        return f"{type(error).__name__}({', '.join(str(arg) for arg in error.args)})"
    return type(error).__name__


def handler(loop, context):
    if not isinstance(context["exception"], SystemExit):
        say("handler", describe(context["exception"]))


def say(*words):
    """Prints the time in milliseconds, and the words."""
    try:
        now = round(asyncio.get_running_loop().time() * 1000)
    except RuntimeError:
        now = "-"
    print(now, *words, flush=True)


def turn():
    """Lets everything that is ready have its turn."""
    return asyncio.sleep(0)


def ticks(n):
    """Sleeps for so many times 10 ms."""
    return asyncio.sleep(n * 0.01)


async def outcome(awaitable):
    """What comes of it, in words."""
    try:
        return f"result {await awaitable}"
    except BaseException as error:
        return describe(error)


def run(main):
    """Runs the program, and says what comes out of it."""
    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            say("result", runner.run(main()))
    except BaseException as error:
        say("out", describe(error))
    say("end")
