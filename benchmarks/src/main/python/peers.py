"""CPython's asyncio, or uvloop, on the work of the Java benchmarks.

Usage: peers.py CPython|uvloop

Prints a line for each figure: peer, version, row, and the best, the median and the worst of several rounds, in
nanoseconds for one operation (bytes for the row "sleeping").
"""

import asyncio
import contextvars
import gc
import sys
import time
import tracemalloc

N = 10_000
ROUNDS = 9


async def nothing():
    return 1


async def once():
    await asyncio.sleep(0)
    return 1


async def switch():
    async def half():
        for _ in range(N // 2):
            await asyncio.sleep(0)

    await asyncio.gather(half(), half())


async def create_and_await():
    for _ in range(N):
        await asyncio.create_task(nothing())


async def done():
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(16)]
    for i, future in enumerate(futures):
        future.set_result(i)
    total = 0
    for i in range(N):
        total += await futures[i % 16]


async def gather():
    for _ in range(N // 1000):
        await asyncio.gather(*[nothing() for _ in range(1000)])


async def gather_suspended():
    for _ in range(N // 1000):
        await asyncio.gather(*[once() for _ in range(1000)])


async def alone():
    for _ in range(N):
        await asyncio.sleep(0)


async def timer_cancelled():
    loop = asyncio.get_running_loop()
    for _ in range(N):
        loop.call_later(60, int).cancel()


async def timer_fired():
    loop = asyncio.get_running_loop()
    everything = loop.create_future()
    fired = 0

    def fire():
        nonlocal fired
        fired += 1
        if fired == N:
            everything.set_result(fired)

    for _ in range(N):
        loop.call_later(0, fire)
    await everything


async def sleep():
    await asyncio.gather(*[asyncio.sleep(0.001) for _ in range(N)])


async def pulled():
    async def items():
        for i in range(N):
            yield i & 127

    total = 0
    async for item in items():
        total += item


async def sleeping_task_bytes(tasks=100_000):
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    sleepers = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(tasks)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    for task in sleepers:
        task.cancel()
    await asyncio.gather(*sleepers, return_exceptions=True)
    return used / tasks


def report(peer, version, row, values):
    values.sort()
    print(peer, version, row, values[0], values[len(values) // 2], values[-1], sep="\t", flush=True)


def measure(peer, version, factory):
    rows = {
        "switch": switch,
        "alone": alone,
        "createAndAwait": create_and_await,
        "done": done,
        "gather": gather,
        "gatherSuspended": gather_suspended,
        "timerCancelled": timer_cancelled,
        "timerFired": timer_fired,
        "sleep": sleep,
        "pulled": pulled,
    }
    for row, work in rows.items():
        times = []
        with asyncio.Runner(loop_factory=factory) as runner:
            for _ in range(ROUNDS):
                start = time.perf_counter_ns()
                runner.run(work())
                times.append((time.perf_counter_ns() - start) / N)
        report(peer, version, row, times)


def measure_contexts(peer, version):
    value = 0

    def get(variables, context):
        for i in range(N // len(variables)):
            for variable in variables:
                variable.get()

    def set_all(variables, context):
        nonlocal value
        for i in range(N // len(variables)):
            for variable in variables:
                value += 1
                variable.set(value)

    def copy(variables, context):
        for i in range(N):
            context = context.copy()

    rows = [("Get", get, 1), ("Get", get, 10), ("Get", get, 100), ("Get", get, 1000)]
    rows += [("Set", set_all, 1), ("Set", set_all, 1000), ("Copy", copy, 1), ("Copy", copy, 1000)]
    for name, work, count in rows:
        variables = [contextvars.ContextVar(f"variable {i}") for i in range(count)]
        context = contextvars.Context()
        context.run(set_all, variables, context)
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter_ns()
            context.run(work, variables, context)
            times.append((time.perf_counter_ns() - start) / N)
        report(peer, version, f"context{name}{count}", times)


def main(peer):
    version = ".".join(map(str, sys.version_info[:3]))
    if peer == "uvloop":
        import uvloop

        measure(peer, f"{uvloop.__version__} on CPython {version}", uvloop.new_event_loop)
        return
    measure(peer, version, asyncio.new_event_loop)
    measure_contexts(peer, version)
    with asyncio.Runner() as runner:
        report(peer, version, "sleeping", [runner.run(sleeping_task_bytes())])


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("peers.py needs Python 3.11 or newer, for asyncio.Runner")
    if sys.argv[1:] not in (["CPython"], ["uvloop"]):
        sys.exit("usage: peers.py CPython|uvloop")
    main(sys.argv[1])
