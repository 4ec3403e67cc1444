"""Prints what llvm-cov exported: by module, and what ran least."""

import collections
import json
import os
import subprocess
import sys

LEAST_FILES = 20


def share(covered, count):
    return f"{100 * covered / count:6.1f} %" if count else "     -  "


def place(path):
    """Module and file of a source: Sources/OAuth/Secret.swift."""
    return os.path.relpath(path, "Sources").split(os.sep, 1)


def is_ours(path):
    return path.endswith(".swift") and not os.path.relpath(path, "Sources").startswith("..")


def never_run(functions):
    """The functions of which no copy ran, as (file, line, mangled name)."""
    runs = collections.Counter()
    for function in functions:
        path = function["filenames"][0]
        if is_ours(path):
            line = function["regions"][0][0]
            runs[path, line, function["name"].split(":")[-1]] += function["count"]
    # A generic function has a copy for each type: one that ran is enough.
    ran = {(path, line) for (path, line, _), count in runs.items() if count}
    return sorted({key for key, count in runs.items() if not count and key[:2] not in ran})


def missed(entry):
    return entry["summary"]["lines"]["count"] - entry["summary"]["lines"]["covered"]


def demangled(names):
    tool = ["swift", "demangle", "--simplified", "--compact"]
    output = subprocess.run(
        tool, input="\n".join(names), capture_output=True, text=True, check=True
    )
    return output.stdout.splitlines()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)["data"][0]
    files = [entry for entry in data["files"] if is_ours(entry["filename"])]

    modules = collections.defaultdict(lambda: collections.Counter())
    for entry in files:
        for module in (place(entry["filename"])[0], "all"):
            for kind in ("lines", "functions", "regions"):
                summary = entry["summary"][kind]
                modules[module][kind] += summary["count"]
                modules[module][kind, "covered"] += summary["covered"]
    print(f"{'module':<16}{'lines':>8}{'ran':>9}{'functions':>11}{'ran':>9}{'regions':>9}{'ran':>9}")
    for module in sorted(set(modules) - {"all"}) + ["all"]:
        row = modules[module]
        print(
            f"{module:<16}{row['lines']:>8}{share(row['lines', 'covered'], row['lines']):>9}"
            f"{row['functions']:>11}{share(row['functions', 'covered'], row['functions']):>9}"
            f"{row['regions']:>9}{share(row['regions', 'covered'], row['regions']):>9}"
        )

    print("\nfiles with the most lines that never ran")
    for entry in sorted(files, key=missed, reverse=True)[:LEAST_FILES]:
        if missed(entry):
            count = entry["summary"]["lines"]["count"]
            print(f"{missed(entry):>5} of {count:<5} {os.path.relpath(entry['filename'])}")

    print("\nfunctions that never ran")
    rest = never_run(data["functions"])
    for (path, line, _), name in zip(rest, demangled([name for _, _, name in rest])):
        # The right-hand side of && and ??: a branch, and no function that anybody wrote.
        if not name.startswith("implicit closure"):
            print(f"{os.path.relpath(path)}:{line}  {name[:90]}")


main()
