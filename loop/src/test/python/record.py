#!/usr/bin/env python3
"""Runs the programs beside this with the Python that runs this, and writes down what they print.

    python3 loop/src/test/python/record.py

The records are in loop/src/test/resources/traces; GoldenTracesTest compares them with what the
same programs in Java print. With --check nothing is written, and what differs is listed.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
RECORDS = HERE.parent / "resources" / "traces"


def main():
    if sys.version_info < (3, 13):
        sys.exit(f"Python 3.13 or newer is needed, this is {sys.version.split()[0]}")
    check = "--check" in sys.argv[1:]
    differing = []
    programs = sorted(HERE.glob("*/*.py"))
    for program in programs:
        done = subprocess.run(
            [sys.executable, str(program)],
            env={"PYTHONPATH": str(HERE), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode != 0 or done.stderr:
            sys.exit(f"{program.relative_to(HERE)} failed:\n{done.stderr}")
        record = RECORDS / program.relative_to(HERE).with_suffix(".txt")
        if not record.exists() or record.read_text() != done.stdout:
            differing.append(str(program.relative_to(HERE)))
            if not check:
                record.parent.mkdir(parents=True, exist_ok=True)
                record.write_text(done.stdout)
    version = RECORDS / "version.txt"
    if not check:
        version.write_text(f"{sys.implementation.name} {sys.version.split()[0]}\n")
    print(f"{len(programs)} programs, {len(differing)} {'differ' if check else 'written anew'}")
    for name in differing:
        print(f"  {name}")
    sys.exit(1 if check and differing else 0)


if __name__ == "__main__":
    main()
