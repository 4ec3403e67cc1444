"""Many processes on one `.env`, some of them killed."""

import random
import signal
import subprocess
import threading
import time

from syscalls import Bench
from world import Project, environment, sha256

SECTION = "races"

#: How long the sandbox thinks about each answer: long enough to be killed in, and to be waited for.
DELAY = 5


class Race:
    def __init__(self, bench, figures, processes, seconds):
        self.bench = bench
        self.figures = figures
        self.processes = processes
        access, refresh = bench.sandbox.grant()
        self.project = Project(bench.sandbox.address, access, refresh, port=bench.port)
        self.end = time.monotonic() + seconds
        self.statuses = {}
        self.looks = 0
        self.kills = 0
        self.pairs = {(access, refresh)}
        self.unwhole = []
        self._lock = threading.Lock()
        self.is_over = threading.Event()

    def watch(self):
        """Looks at the file at every moment: it is always whole."""
        while not self.is_over.is_set():
            text = self.project.read()
            self.looks += 1
            values = self.project.values(text)
            if values is None or bool(values[0]) != bool(values[1]):
                self.unwhole.append(text)
            elif values[0]:
                self.pairs.add(values[:2])

    def runner(self, seed):
        """Runs one after the other; some it kills."""
        chance = random.Random(seed)
        while time.monotonic() < self.end:
            arguments = chance.choices(
                (["refresh"], ["refresh", "--min-validity", "3h"], ["token", "--min-validity", "3h"],
                 ["token"], ["show"]), (4, 4, 4, 2, 1))[0]
            self.one(arguments, chance.random() * 0.08 if chance.random() < 0.05 else None)

    def one(self, arguments, kill_after=None):
        process = subprocess.Popen(
            [self.bench.tool.path, *arguments, "--env-file", str(self.project.file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(HOME=str(self.project.home)), cwd=self.project.folder)
        if kill_after is not None:
            time.sleep(kill_after)
            process.send_signal(signal.SIGKILL)
        try:
            output = process.communicate(timeout=90)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            output, process.returncode = "it doesn't end", -99
        status = process.returncode
        with self._lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.kills += status == -9
        allowed = {0, 75, -9} | ({3} if arguments[0] != "login" else set())
        if status not in allowed:
            self.figures.fail(SECTION, arguments[0], f"exit {status}: {output[:400]}")
        return status

    def login(self):
        return self.one(["login", "--force", "--browser", str(self.bench.browser), "--timeout", "20s"])

    def disturb(self):
        """A login now and then, since a kill in the wrong moment leaves an unknown outcome, and once
        a revocation."""
        revoked = False
        half = time.monotonic() + (self.end - time.monotonic()) / 2
        while time.monotonic() < self.end:
            time.sleep(1)
            if not revoked and time.monotonic() > half:
                revoked = True
                self.one(["revoke"])
                time.sleep(0.2)
            self.login()

    def run(self):
        watcher = threading.Thread(target=self.watch)
        watcher.start()
        threads = [threading.Thread(target=self.runner, args=(seed,)) for seed in range(self.processes)]
        threads.append(threading.Thread(target=self.disturb))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.is_over.set()
        watcher.join()
        self.judge()

    def judge(self):
        events = self.bench.sandbox.all_events()
        what = f"{self.processes} processes"
        for text in self.unwhole[:3]:
            self.figures.fail(SECTION, what, f"the file wasn't whole: {text!r}")
        # A token whose answer was lost is not sent again before minutes have passed: so none ever.
        for event in events:
            if event["outcome"] == "replayed":
                self.figures.fail(SECTION, what, f"a spent token was sent: {event}")
        issued = {(event["access_sha256"], event["refresh_sha256"]) for event in events
                  if event["outcome"] in ("refreshed", "exchanged")}
        for access, refresh in self.pairs:
            if (sha256(access), sha256(refresh)) not in issued:
                self.figures.fail(SECTION, what, "the file held a mixture of two grants")
        # When all is quiet: what the journal doesn't call unknown is alive.
        ended = self.bench.run(self.project, "refresh")
        record = self.project.record() or {}
        unknown = record.get("kind") == "intent" or self.project.is_claimed()
        lost = ended.status == 75 and unknown and self.kills
        if not lost and not (ended.status == 0 and self.bench.is_live(self.project)):
            self.figures.fail(SECTION, what, f"after all: {ended}")
        if self.project.litter():
            self.figures.fail(SECTION, what, f"left behind: {self.project.litter()}")
        for outcome in ("refreshed", "exchanged", "refresh_revoked"):
            count = sum(event["outcome"] == outcome for event in events)
            self.figures.count(SECTION, "the server's log", outcome, count)
        for status, count in sorted(self.statuses.items()):
            name = "killed" if status == -9 else f"exit {status}"
            self.figures.count(SECTION, what, name, count)
        self.figures.count(SECTION, "looks at the file", "whole", self.looks - len(self.unwhole))


def torture(binaries, figures, quick, jobs):
    del jobs  # The number of processes is the point.
    processes, seconds = (12, 5) if quick else (100, 60)
    bench = Bench(binaries, figures, "--delay", str(DELAY))
    race = Race(bench, figures, processes, seconds)
    try:
        race.run()
    finally:
        race.is_over.set()
        race.project.close()
        bench.close()
