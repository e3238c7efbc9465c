"""CPython's asyncio, and uvloop, on the cases of asyncio4j.benchmarks.scale: one case at all its sizes.

Arguments: up to which size the bytes are counted, and those of ScaleRun: the case; CPython or uvloop; nothing; how many milliseconds to warm up, of which it needs
none, as there is no compiler: one round is enough; how many a size may have for its repetitions; how many it may have where it takes that long to have three of them; the sizes. Prints a line of
JSON for each phase at each size. The time is the median of the repetitions; the bytes, from one more run, are those that
tracemalloc counts: what is held at the end of the phase, or the peak during one that leaves nothing behind. Counting
takes several times as long as the work.
"""

import asyncio
import gc
import json
import os
import random
import sys
import time
import tracemalloc

WARM_UP = 1_000
LEAST_REPETITIONS = 3
MOST_REPETITIONS = 25
NANOS_PER_TIMER = 100


class Probe:
    """Told by a case where each of its phases ends."""

    def __init__(self, bytes_wanted):
        self.bytes = bytes_wanted
        self.figures = {}
        self.before = 0
        self.begun = 0

    def begin(self):
        if self.bytes:
            gc.collect()
            tracemalloc.start()
            self.before = tracemalloc.get_traced_memory()[0]
        self.restart()

    def held(self, phase):
        """The phase has built what is alive now."""
        now = time.perf_counter()
        self.figures[phase] = now - self.begun
        if self.bytes:
            gc.collect()
            self.figures[phase] = tracemalloc.get_traced_memory()[0] - self.before
        self.restart()

    def spent(self, phase):
        """The phase leaves nothing behind."""
        now = time.perf_counter()
        self.figures[phase] = now - self.begun
        if self.bytes:
            self.figures[phase] = tracemalloc.get_traced_memory()[1] - self.start
        self.restart()

    def restart(self):
        if self.bytes:
            tracemalloc.reset_peak()
            self.start = tracemalloc.get_traced_memory()[0]
        self.begun = time.perf_counter()

    def end(self):
        if self.bytes:
            tracemalloc.stop()


def sleep(n, probe, factory):
    async def main():
        await asyncio.gather(*[asyncio.sleep(0.001) for _ in range(n)])
        probe.spent("sleepEnd")
        tasks = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(n)]
        await asyncio.sleep(0)
        probe.held("sleep")
        tasks.clear()

    probe.begin()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    probe.spent("sleepClose")


def timers(n, probe, factory):
    async def main():
        loop = asyncio.get_running_loop()
        everything = loop.create_future()
        left = n - n // 2
        numbers = random.Random(n)

        def fire():
            nonlocal left
            left -= 1
            if left == 0:
                everything.set_result(None)

        probe.begin()
        handles = [loop.call_later(numbers.random() * n * NANOS_PER_TIMER / 1e9, fire) for _ in range(n)]
        probe.held("timersAdded")
        for i in range(n // 2):
            handles[i * 2].cancel()
        probe.spent("timersCancelled")
        await everything
        probe.spent("timersFired")

    asyncio.Runner(loop_factory=factory).run(main())


async def link(before):
    return await before


def chain_of(n, start):
    last = start
    for _ in range(n):
        last = asyncio.create_task(link(last))
    return last


def chain(n, probe, factory):
    async def main():
        probe.begin()
        start = asyncio.get_running_loop().create_future()
        last = chain_of(n, start)
        await asyncio.sleep(0)
        probe.held("chain")
        start.set_result(1)
        await last
        probe.spent("chainDone")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


def chain_cancel(n, probe, factory):
    async def main():
        last = chain_of(n, asyncio.get_running_loop().create_future())
        await asyncio.sleep(0)
        probe.begin()
        try:
            last.cancel()
        except RecursionError as error:
            give_up(error)
        try:
            await last
        except asyncio.CancelledError:
            probe.spent("chainCancel")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


def give_up(error):
    """It can't be done. Ends at once: the tasks that are left would be reported one by one."""
    print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(1)


async def nothing():
    return 1


def gather(n, probe, factory):
    async def main():
        probe.begin()
        everything = asyncio.gather(*[nothing() for _ in range(n)])
        probe.held("gather")
        await everything
        probe.spent("gatherDone")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


async def group(depth, arrived, end):
    if depth == 0:
        arrived.set_result(1)
        return await end
    async with asyncio.TaskGroup() as inner:
        inner.create_task(group(depth - 1, arrived, end))


def groups(n, probe, factory):
    async def main():
        probe.begin()
        loop = asyncio.get_running_loop()
        arrived, end = loop.create_future(), loop.create_future()
        outermost = asyncio.create_task(group(n, arrived, end))
        await arrived
        probe.held("groups")
        end.set_result(1)
        await outermost
        probe.spent("groupsDone")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


def groups_cancel(n, probe, factory):
    async def main():
        loop = asyncio.get_running_loop()
        arrived, end = loop.create_future(), loop.create_future()
        outermost = asyncio.create_task(group(n, arrived, end))
        await arrived
        probe.begin()
        outermost.cancel()
        try:
            await outermost
        except asyncio.CancelledError:
            probe.spent("groupsCancel")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


def generators(n, probe, factory):
    async def one():
        try:
            yield 1
        finally:
            await asyncio.sleep(0)

    opened = []

    async def main():
        probe.begin()
        for _ in range(n):
            generator = one()
            opened.append(generator)
            await anext(generator)
        probe.held("generators")

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    probe.spent("generatorsClosed")


CASES = {
    "sleep": sleep,
    "timers": timers,
    "chain": chain,
    "chainCancel": chain_cancel,
    "gather": gather,
    "groups": groups,
    "groupsCancel": groups_cancel,
    "generators": generators,
}


def run(case, n, bytes_wanted, factory):
    probe = Probe(bytes_wanted)
    CASES[case](n, probe, factory)
    probe.end()
    if not probe.figures:
        sys.exit(f"{case}: no phase has ended")
    return probe.figures


def measure(case, peer, n, counted, enough, most, factory):
    times = {}
    begun = time.perf_counter()
    spent = 0
    for i in range(MOST_REPETITIONS):
        if spent >= (most if i < LEAST_REPETITIONS else enough):
            break
        gc.collect()
        for phase, seconds in run(case, n, False, factory).items():
            times.setdefault(phase, []).append(seconds)
        spent = time.perf_counter() - begun
    held = run(case, n, True, factory) if counted else {}
    for phase, seconds in times.items():
        seconds.sort()
        figure = {"case": phase, "peer": peer, "engine": "", "n": n}
        figure |= {"seconds": seconds[len(seconds) // 2], "bytes": held.get(phase)}
        print(json.dumps(figure), flush=True)


def main():
    largest_counted, case, peer, _, *numbers = sys.argv[1:]
    _, enough, most, *sizes = map(int, numbers)
    if peer == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    else:
        factory = asyncio.new_event_loop
    run(case, WARM_UP, False, factory)
    for n in sizes:
        measure(case, peer, n, n <= int(largest_counted), enough / 1000, most / 1000, factory)


if __name__ == "__main__":
    main()
