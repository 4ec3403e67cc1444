"""Measures whole processes: xauth beside what people use instead, interleaved in one run."""
import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from contestant import ratio
from report import Report
from stage import EndlessServer, Stage

HERE = Path(__file__).resolve().parent
PYTHON = [sys.executable, HERE / "peer.py"]
SHELL = ["sh", HERE / "peer.sh"]


def starts(stage, report, xauth):
    """Commands that need no network; the largest peak of memory among them."""
    project = stage.project("starts")
    empty = stage.contestant("C, nothing", [stage.tools / "empty"])
    version = stage.contestant("xauth version", [xauth, "version"])
    show = project.contestant("xauth show", [xauth, "show"])
    token = project.contestant("xauth token, nothing due", [xauth, "token"])
    shell = project.contestant("shell, curl and jq: token", [*SHELL, "token"])
    report.measure("Start", 200, [empty, version, show, token, shell])
    report.target("token with nothing due: times the empty C program", ratio(token, empty), 4)

    python = project.contestant("Python, requests: token", [*PYTHON, "token"])
    beside = project.contestant("xauth token, nothing due", [xauth, "token"])
    report.measure("Start, beside Python", 20, [python, beside])
    report.target("token with nothing due: part of the Python script", ratio(beside, python), 1 / 40)
    report.libraries = {
        call: stage.libraries(*call.replace("xauth", str(xauth)).split(), folder=project.folder)
        for call in ("xauth version", "xauth token", "xauth refresh --force", "curl --version")}
    return max(each.peak for each in (version, show, token))


def refreshes(stage, report, xauth, scheme):
    """A refresh beside curl's POST and the scripts; the peak of xauth's memory."""
    def project(name):
        return stage.project(f"{scheme}-{name}", tls=scheme == "https")

    own = project("xauth")
    curl = project("curl").curl()
    refresh = own.contestant("xauth refresh", [xauth, "refresh", "--force"])
    report.measure(f"Refresh over {scheme}", 60, [curl, refresh])
    report.target(f"refresh over {scheme}: times curl's own POST", ratio(refresh, curl), 1.6)

    trust = {"REQUESTS_CA_BUNDLE": str(stage.folder / "ca.pem"),
             "CURL_CA_BUNDLE": str(stage.folder / "ca.pem")}
    python = project("python").contestant(
        "Python, requests: refresh", [*PYTHON, "refresh"], environment=trust)
    shell = project("shell").contestant(
        "shell, curl and jq: refresh", [*SHELL, "refresh"], environment=trust)
    beside = own.contestant("xauth refresh", [xauth, "refresh", "--force"])
    report.measure(f"Refresh over {scheme}, beside scripts", 15, [python, shell, beside])
    report.target(f"refresh over {scheme}: part of the Python script", ratio(beside, python), 1 / 8)
    return refresh.peak


def shared(stage, report, xauth):
    """What it costs to share the grant through an engine on loopback; the peak of memory."""
    engine = {"ETCDCTL_ENDPOINTS": stage.etcd()}
    store = ["--store", "etcd:bench"]
    alone = stage.project("alone").contestant("xauth refresh", [xauth, "refresh", "--force"])
    project = stage.project("shared")
    through = project.contestant(
        "xauth refresh, through etcd", [xauth, "refresh", "--force", *store], environment=engine)
    report.measure("Refresh, with a grant of several machines", 40, [alone, through])
    report.target("refresh through etcd: times one without", ratio(through, alone), 2.5)
    copied = project.contestant(
        "xauth refresh, nothing due", [xauth, "refresh", *store], environment=engine)
    # Without the engine's address: a token that is valid is printed without asking it.
    token = project.contestant("xauth token, nothing due", [xauth, "token", *store])
    report.measure("Nothing due, with a grant of several machines", 40, [copied, token])
    return through.peak


def login(stage, report):
    project = stage.project("login")
    whole = project.contestant("xauth login, curl the browser", project.login)
    report.measure("Login without the person", 15, [whole])
    return whole.peak


def sizes(stage, report, xauth):
    """How the time grows with the file."""
    refreshed = []
    for lines in (10, 1_000, 20_000):
        project = stage.project(f"lines-{lines}", lines=lines - 7)
        copy = project.contestant(
            "copy and fsync", ["dd", "if=.env", "of=copy", "bs=1M", "conv=fsync", "status=none"])
        refresh = project.contestant("xauth refresh", [xauth, "refresh", "--force"])
        token = project.contestant("xauth token, nothing due", [xauth, "token"])
        report.measure(f"A .env of {lines:,} lines", 15, [copy, refresh, token])
        refreshed.append(statistics.median(refresh.walls))
    report.target("refresh in 20,000 lines: times a copy with an fsync", ratio(refresh, copy), 4)
    # Per line. What 1,000 lines add to a refresh is below its noise: a tenth of it stands for that.
    small, middle, large = refreshed
    added = max(middle - small, small / 10)
    report.target("the time of a line in 20,000, times that of a line in 1,000",
                  (large - small) / 19_990 / (added / 990), 1)


def crowds(stage, report, xauth):
    """Many at once that all find the token due."""
    project = stage.project("crowd")

    def refresh(count):
        return project.contestant(
            f"refreshes at once: {count}", [xauth, "refresh"], count=count, before=project.expire)

    one, ten, hundred = refresh(1), refresh(10), refresh(100)
    versions = stage.contestant("versions at once: 100", [xauth, "version"], count=100)
    report.measure("Side by side", 7, [one, ten, hundred, versions])
    report.target("100 refreshes at once: times 100 versions and a refresh",
                  ratio(hundred, versions, one), 3)


def flood(stage, report, xauth):
    """The peak of memory when the answer doesn't end: a temporary failure (75)."""
    project = stage.project("flood")
    project.change("X_API_BASE_URL", EndlessServer().address)
    refresh = project.contestant(
        "xauth refresh", ["sh", "-c", f"exec_status=0; '{xauth}' refresh --force || exec_status=$?; "
                          "test $exec_status = 75"])
    report.measure("A server that doesn't stop answering", 3, [refresh])
    return refresh.peak


def machine(xauth):
    def first(path, start, separator):
        lines = Path(path).read_text().splitlines()
        found = (line.partition(separator)[2] for line in lines if line.startswith(start))
        return next(found, "unknown").strip(' "')

    return {
        "cpu": first("/proc/cpuinfo", "model name", ":"), "cores": os.cpu_count(),
        "system": first("/etc/os-release", "PRETTY_NAME", "="), "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 1), "xauth_bytes": xauth.stat().st_size,
    }


def main():
    options = argparse.ArgumentParser(prog="scripts/bench")
    options.add_argument("--bin", type=Path, required=True)
    options.add_argument("--tools", type=Path, required=True)
    options.add_argument("--scale", type=float, default=1, help="more or fewer rounds (1)")
    options.add_argument("--quick", dest="scale", action="store_const", const=0.05,
                         help="a few rounds of each")
    options.add_argument("--json", type=Path, help="also write the figures to this file")
    options = options.parse_args()
    xauth = options.bin / "xauth"
    report = Report(options.scale)
    facts = machine(xauth)
    print("{cpu}, {cores} cores, load {load}; {system}, Linux {kernel}; "
          "xauth has {xauth_bytes:,} bytes".format(**facts))
    with tempfile.TemporaryDirectory(prefix="xauth-bench-") as folder:
        stage = Stage(options.bin, options.tools, Path(folder).resolve())
        try:
            offline = starts(stage, report, xauth)
            peaks = [refreshes(stage, report, xauth, scheme) for scheme in ("http", "https")]
            peaks.append(shared(stage, report, xauth))
            peaks.append(login(stage, report))
            sizes(stage, report, xauth)
            crowds(stage, report, xauth)
            peaks.append(flood(stage, report, xauth))
        finally:
            stage.close()
    report.target("peak memory of what needs no network, MiB", offline, 12)
    report.target("peak memory of any command, whatever the server sends, MiB", max(peaks), 20)
    print("\nShared libraries loaded: "
          + ", ".join(f"{call} {count}" for call, count in report.libraries.items()))
    report.print_targets()
    if options.json:
        everything = {"version": 1, "machine": facts, "groups": report.groups,
                      "libraries": report.libraries, "targets": report.targets}
        options.json.write_text(json.dumps(everything, indent=2) + "\n")


main()
