"""Prints what the commands that run most touch, first touch first: functions, and zeroed variables.

Run by `scripts/build --order`, which passes a folder with programs that have their symbols. Valgrind's
lackey tells every address that a run reads, writes or executes; the symbols say whose they are.
"""
import bisect
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench.d"))
from stage import Stage  # noqa: E402

COMMANDS = (["token"], ["show"], ["refresh", "--force"])
# Where Valgrind puts a position-independent program, and beyond its end.
BASE, END = 0x108000, 0x2000000


def touched(xauth, arguments, project):
    """The program's own addresses, in the order of the first touch."""
    command = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--log-fd=2", xauth, *arguments]
    addresses = {}
    with subprocess.Popen(
            command, cwd=project.folder, env=project.stage.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        for line in run.stderr:
            kind, _, rest = line.strip().partition(" ")
            if kind in ("I", "L", "S", "M"):
                address = int(rest.strip().partition(",")[0], 16)
                if BASE <= address < END:
                    addresses.setdefault(address - BASE)
    if run.returncode != 0:
        sys.exit(f"order: xauth {' '.join(arguments)} failed")
    return addresses


def symbols(program):
    """(address, size, name) of functions and zeroed variables, sorted; those of threads, whose
    addresses are no addresses, left out."""
    listed = subprocess.run(["readelf", "--wide", "--syms", program], check=True,
                            capture_output=True, text=True).stdout
    words = [line.split() for line in listed.splitlines()]
    numbers = {each[1]: each[0] for each in sections(program)}
    wanted = {("FUNC", numbers[".text"]), ("OBJECT", numbers[".bss"])}
    return sorted((int(each[1], 16), int(each[2], 0), each[7])
                  for each in words if len(each) == 8 and (each[3], each[6]) in wanted)


def sections(program):
    """(number, name) of each section."""
    listed = subprocess.run(["readelf", "--wide", "--section-headers", program], check=True,
                            capture_output=True, text=True).stdout
    rows = (line.partition("]") for line in listed.splitlines() if line.startswith("  ["))
    return [(number.strip(" ["), rest.split()[0]) for number, _, rest in rows if rest.split()]


def main():
    programs = Path(sys.argv[1])
    table = symbols(programs / "xauth")
    starts = [start for start, _, _ in table]
    names = {}
    with tempfile.TemporaryDirectory(prefix="xauth-order-") as name:
        folder = Path(name).resolve()
        # Valgrind doesn't know this compiler's debugging information.
        stripped = folder / "xauth"
        subprocess.run(["strip", "-o", stripped, programs / "xauth"], check=True)
        stage = Stage(programs, folder, folder)
        try:
            project = stage.project("project")
            for arguments in COMMANDS:
                for address in touched(stripped, arguments, project):
                    start, size, name = table[bisect.bisect_right(starts, address) - 1]
                    if start <= address < start + size:
                        names.setdefault(name)
        finally:
            stage.close()
    print("\n".join(names))


main()
