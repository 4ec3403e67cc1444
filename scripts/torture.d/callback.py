"""Strangers at a waiting login: none ends, blocks or slows it, and then the true callback works."""

import collections
import contextlib
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

from certificates import Certificates
from attacks import MARKER, Door, Strangers, answer, words
from world import Project, Sandbox, environment

SECTION = "callback"

#: How long a login may keep anybody waiting, in seconds.
LONGEST_DELAY = 1.0
#: How long it stays for a second load of the page, in seconds.
STAY = 1.5
#: An attack after which somebody was kept waiting is tried so often: a busy machine is slow once, a
#: login that can be blocked is slow each time.
TRIES = 3
#: Connections that a login keeps at most, and descriptors that it may need meanwhile besides.
MOST_CONNECTIONS, SPARE_DESCRIPTORS = 64, 8
MOST_MEMORY = 64 << 20
#: All that a login may say about strangers, in bytes.
MOST_WORDS = 8192


class WaitingLogin:
    """A login that nobody has come back to yet."""

    def __init__(self, binaries, certificates):
        # Nobody else is given the port while it is bound here; a listener may still take it.
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind(("127.0.0.1", 0))
        port = self.reserved.getsockname()[1]
        scheme = "https" if certificates else "http"
        self.sandbox = Sandbox(
            binaries, "--redirect-uri", f"{scheme}://127.0.0.1:{port}/oauth/callback")
        self.project = Project(self.sandbox.address, "", "", port=port)
        settings = {} if not certificates else {
            "TLS_CERT_FILE": certificates.chain("good"), "TLS_KEY_FILE": certificates.key("good")}
        self.said = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [f"{binaries}/xauth", "login", "--no-browser", "--force", "--timeout", "10m",
             "--env-file", str(self.project.file)],
            stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said,
            env=environment(HOME=str(self.project.home), **settings), cwd=self.project.folder)
        self.address = self._address()
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.address).query)
        self.door = Door(port, query["state"][0], certificates and certificates.authority)

    def _address(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = re.search(r"^http\S+/i/oauth2/authorize\?\S+$", self.words(), re.M)
            if found and "waiting" in self.words():
                return found[0]
            time.sleep(0.01)
        raise RuntimeError(f"no login: {self.words()}")

    def words(self):
        """All that it has said."""
        return os.pread(self.said.fileno(), 1 << 20, 0).decode(errors="replace")

    def is_waiting(self):
        return self.process.poll() is None

    def descriptors(self):
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))
        return 0

    def peak_memory(self):
        """Bytes at most so far (VmHWM, proc(5))."""
        with contextlib.suppress(OSError):
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
            found = re.search(r"VmHWM:\s*(\d+) kB", status) or re.search(r"VmRSS:\s*(\d+) kB", status)
            return int(found[1]) << 10 if found else 0
        return 0

    def processor_seconds(self):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0

    def redirect(self):
        """Where X's page sends the browser."""
        parts = urllib.parse.urlsplit(self.address)
        _, headers, _ = self.sandbox.request("GET", f"{parts.path}?{parts.query}")
        return headers["Location"]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.said.close()
        self.reserved.close()
        self.sandbox.close()
        self.project.close()


class Bystander:
    """Somebody harmless who asks again and again, and notes how long the answer took. A door that
    is closed in their face they try again at once, as browsers do; that counts as waiting."""

    def __init__(self, login):
        self.login = login
        self.longest = 0.0
        self.answers = 0
        self.wrong = set()
        self.descriptors = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self):
        request = self.login.door.request("GET /bystander")
        while not self._is_over.is_set():
            start = time.monotonic()
            got = ""
            while not got.isdigit() and time.monotonic() - start < 15 and self.login.is_waiting():
                try:
                    with self.login.door.talk() as peer:
                        peer.sendall(request)
                        got = answer(peer)
                except OSError as error:
                    got = words(error)
            self.longest = max(self.longest, time.monotonic() - start)
            self.answers += 1
            if got != "404":
                self.wrong.add(got)
            self.descriptors = max(self.descriptors, self.login.descriptors())
            self._is_over.wait(0.005)

    def restart(self):
        """The longest wait so far; from now on another is measured."""
        longest, self.longest, self.answers = self.longest, 0.0, 0
        return longest

    def has_asked(self, times):
        end = time.monotonic() + 20
        while self.answers < times and time.monotonic() < end and self.login.is_waiting():
            time.sleep(0.002)

    def close(self):
        self._is_over.set()
        self._thread.join()


class Siege:
    """All attacks on one login, one after the other, and then its browser."""

    def __init__(self, login, scheme, figures, quick):
        self.login = login
        self.scheme = scheme
        self.figures = figures
        self.quick = quick
        self.before = login.descriptors(), login.peak_memory(), login.processor_seconds()
        self.bystander = Bystander(login)
        self.attacks = 0
        self.connections = 0
        self.longest = 0.0
        self.peak = 0
        self.used = 0.0

    def run(self):
        strangers = Strangers(self.login.door, self.quick)
        try:
            for name, attack, expected in strangers.attacks():
                self.attack(f"{self.scheme}: {name}", attack, expected)
                if not self.login.is_waiting():
                    self.fail(name, f"the login ended: {self.login.words()[-400:]}")
                    return
        finally:
            self.bystander.close()
        self.come_back(strangers)

    def fail(self, what, detail):
        self.figures.fail(SECTION, what, detail)

    def attack(self, what, attack, expected):
        delays = []
        for _ in range(TRIES):
            self.bystander.restart()
            with contextlib.ExitStack() as held:
                answers = collections.Counter()
                try:
                    answers.update(attack(held))
                except OSError as error:
                    self.fail(what, f"a door was closed too early: {error}")
                # Asked while the strangers are still there.
                self.bystander.has_asked(3)
            delays.append(self.bystander.restart())
            self.attacks += 1
            self.connections += sum(answers.values())
            for got, times in sorted(answers.items()):
                if got not in expected:
                    self.fail(what, f"{times} times {got} instead of {' or '.join(expected)}")
                self.figures.count(SECTION, what, got, times)
            if delays[-1] <= LONGEST_DELAY:
                break
        else:
            self.fail(what, f"others waited {min(delays):.2f} s at least, {TRIES} times")
        self.longest = max(self.longest, delays[-1])
        self.look()
        self.figures.measure(SECTION, what, f"others waited {delays[-1] * 1000:.0f} ms at most")

    def look(self):
        """What the login has used so far; once it has ended nobody can tell."""
        self.peak = max(self.peak, self.login.peak_memory())
        self.used = max(self.used, self.login.processor_seconds())

    def come_back(self, strangers):
        """The true callback, while silent and slow strangers take up every place."""
        what = f"{self.scheme}: the true callback"
        target = urllib.parse.urlsplit(self.login.redirect())
        with contextlib.ExitStack() as held:
            strangers.occupy(held)
            start = time.monotonic()
            try:
                with self.login.door.talk() as peer:
                    peer.sendall(self.login.door.request(f"GET {target.path}?{target.query}"))
                    got = answer(peer)
            except OSError as error:
                got = words(error)
            seconds = time.monotonic() - start
            # The strangers stay: nobody waits for them.
            answered = time.monotonic()
            try:
                status = self.login.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                status = "none"
            to_exit = time.monotonic() - answered
        said = self.login.words()
        if (got, status) != ("200", 0):
            self.fail(what, f"answer {got}, exit {status}: {said[-400:]}")
        if seconds > LONGEST_DELAY:
            self.fail(what, f"took {seconds:.2f} s")
        if to_exit > LONGEST_DELAY + STAY:
            self.fail(what, f"the end took {to_exit:.2f} s more")
        self.figures.count(SECTION, what, "200, exit 0")
        self.figures.measure(
            SECTION, what,
            f"answered after {seconds * 1000:.0f} ms, over {to_exit * 1000:.0f} ms later")
        self.judge(said)

    def judge(self, said):
        what = f"{self.scheme}: in all"
        descriptors, memory, seconds = self.before
        if self.bystander.wrong:
            self.fail(what, f"bystanders got {', '.join(sorted(self.bystander.wrong))}")
        if self.bystander.descriptors > descriptors + MOST_CONNECTIONS + SPARE_DESCRIPTORS:
            self.fail(what, f"{self.bystander.descriptors} descriptors")
        if self.peak > MOST_MEMORY:
            self.fail(what, f"{self.peak >> 20} MiB")
        if len(said) > MOST_WORDS or MARKER in said:
            self.fail(what, f"it said {len(said)} bytes: {said[-400:]}")
        self.figures.count(SECTION, what, "connections", self.connections)
        self.figures.measure(
            SECTION, what,
            f"{self.attacks} attacks; others waited {self.longest * 1000:.0f} ms at most; peaks:"
            f" {self.peak / (1 << 20):.1f} MiB ({memory / (1 << 20):.1f} before),"
            f" {self.bystander.descriptors} descriptors ({descriptors} before);"
            f" {self.used - seconds:.1f} s of processor time")


def torture(binaries, figures, quick, jobs):
    del jobs  # One login waits at a time.
    certificates = Certificates()
    try:
        for scheme in ("http", "https"):
            login = WaitingLogin(binaries, certificates if scheme == "https" else None)
            try:
                Siege(login, scheme, figures, quick).run()
            finally:
                login.close()
    finally:
        certificates.close()
