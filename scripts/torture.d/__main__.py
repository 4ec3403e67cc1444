"""Runs the sections that were asked for, and prints the table."""

import argparse
import importlib
import os
import signal
import sys
import time

from figures import Figures
from world import at_most_open_files

SECTIONS = ("syscalls", "power", "faults", "signals", "races", "editors", "callback", "copies", "views",
            "proof", "mixed", "users", "fleet")


def main():
    parser = argparse.ArgumentParser(prog="torture")
    parser.add_argument("--binaries", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("sections", nargs="*", metavar="SECTION")
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {' '.join(sorted(unknown))}")
    at_most_open_files()
    # Under nohup it would be ignored, by the programs that are started as well.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # Ended from outside, it still ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    binaries = os.path.abspath(arguments.binaries)
    figures = Figures()
    start = time.monotonic()
    for section in SECTIONS:
        if not arguments.sections or section in arguments.sections:
            module = importlib.import_module(section)
            module.torture(binaries, figures, arguments.quick, arguments.jobs)
    return 0 if figures.print(time.monotonic() - start) else 1


if __name__ == "__main__":
    sys.exit(main())
