"""Makes docs/benchmarks-http.md of the lines "path connections requests/s p50 p99 p99.9 errors"."""

import os
import platform
import statistics
import sys
from collections import defaultdict

NAMES = {
    "mono": "plain Mono",
    "run-on-loop": "`@RunOnLoop` method",
    "coroutine": "method that returns a Coroutine",
    "kotlin": "Kotlin suspend function",
    "virtual-thread": "blocking code on virtual threads",
}


def cpu():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    file, rounds, seconds, loops = sys.argv[1:]
    figures = defaultdict(list)
    for line in open(file):
        path, connections, *values = line.split()
        figures[int(connections), path].append([float(value) for value in values])
    print("# A WebFlux handler under load")
    print()
    print("The same handler in five ways: it awaits two calls of another service, one after the other, with `WebClient`,")
    print("and answers JSON made of both. All are in one application; another JVM is the service, and `wrk` the load, on")
    print(f"the same machine. Each was measured {rounds} times for {seconds} s, in turns; the table has the medians, and how far")
    print("requests per second went up and down. The ratio to plain Mono is that of the same round, the median of all.")
    print()
    print("`benchmarks/http/run` does it again, and writes this page.")
    for connections in sorted({key[0] for key in figures}):
        print()
        print(f"## {connections:,} connections")
        print()
        print("| handler | requests/s | x plain Mono | p50 ms | p99 ms | p99.9 ms | errors |")
        print("|---|---|---|---|---|---|---|")
        base = figures[connections, "mono"]
        for path, name in NAMES.items():
            rows = figures[connections, path]
            ratios = [row[0] / other[0] for row, other in zip(rows, base)]
            rates = [row[0] for row in rows]
            middle = [statistics.median(row[i] for row in rows) for i in range(5)]
            spread = f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"
            ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            print(f"| {name} | {spread} | {ratio} | {middle[1] / 1000:.1f} | {middle[2] / 1000:.1f} "
                  f"| {middle[3] / 1000:.1f} | {sum(row[4] for row in rows):.0f} |")
    print()
    print(f"Event loops: {loops}. {cpu()}, {os.cpu_count()} processors, shared by all three; {platform.system()} "
          f"{platform.release().split('-')[0]}.")


main()
