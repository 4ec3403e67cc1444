"""Prints the lines of the sources that never ran, from what llvm-cov exported as lcov."""

import os
import sys


def never_run(export):
    """The lines that never ran, as (file, line)."""
    path = None
    for entry in export:
        kind, _, rest = entry.rstrip("\n").partition(":")
        if kind == "SF":
            path = os.path.relpath(rest)
        elif kind == "DA" and path.startswith("Sources") and path.endswith(".swift"):
            line, count = rest.split(",")[:2]
            if count == "0":
                yield path, int(line)


def main():
    last, source = None, []
    with open(sys.argv[1], encoding="utf-8") as export:
        for path, line in never_run(export):
            if path != last:
                with open(path, encoding="utf-8") as file:
                    source = file.read().splitlines()
                print(path)
                last = path
            print(f"{line:5} {source[line - 1]}")


if __name__ == "__main__":
    main()
