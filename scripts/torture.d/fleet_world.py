"""Hosts that share one grant: their engine, lines that fail, a clock that is moved, and what X saw."""

import base64
import contextlib
import hashlib
import http.client
import json
import mmap
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from fleet_line import Line
from syscalls import Bench
from world import Project, environment, run

#: X's two hours, and when a host renews: with less than 75 minutes left.
LIFE = 7200
DUE = 50 * 60
TOKEN = re.compile(rb"[A-Za-z0-9_-]{20,}")


class Broken(Exception):
    """A promise that wasn't kept."""


class Clock:
    """What all clocks of this world run ahead by."""

    def __init__(self, folder, library):
        self.path = folder / "clock"
        self.path.write_bytes(bytes(8))
        with open(self.path, "r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), 8)
        self._library = library

    def now(self):
        return time.time() + struct.unpack("q", self._ahead[:])[0] / 1e9

    def leap(self, seconds):
        ahead = struct.unpack("q", self._ahead[:])[0]
        self._ahead[:] = struct.pack("q", ahead + int(seconds * 1e9))

    @contextlib.contextmanager
    def fast(self, times=20):
        """Time runs so many times as fast meanwhile."""
        over = threading.Event()

        def push():
            last = time.monotonic()
            while not over.wait(0.005):
                moment = time.monotonic()
                self.leap((moment - last) * (times - 1))
                last = moment

        pushing = threading.Thread(target=push)
        pushing.start()
        try:
            yield
        finally:
            over.set()
            pushing.join()

    def environment(self, wall=0, skips=False):
        more = {"TORTURE_SKIP": "1"} if skips else {}
        return {"LD_PRELOAD": self._library, "TORTURE_CLOCK": str(self.path),
                "TORTURE_WALL": str(wall), **more}


class Engine:
    """An etcd of one member."""

    def __init__(self):
        self.host = "127.0.0.1"
        self.folder = tempfile.mkdtemp(prefix="xauth-torture-")
        for _ in range(5):
            held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
            self.port, peers = (each.getsockname()[1] for each in held)
            for each in held:
                each.close()
            ours, theirs = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{peers}"
            self._process = subprocess.Popen(
                ["etcd", "--data-dir", self.folder, "--log-level", "error",
                 "--listen-client-urls", ours, "--advertise-client-urls", ours,
                 "--listen-peer-urls", theirs, "--initial-advertise-peer-urls", theirs,
                 "--initial-cluster", f"default={theirs}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=open(f"{self.folder}/log", "wb"), env=environment())
            end = time.monotonic() + 20
            while self._process.poll() is None and time.monotonic() < end:
                with contextlib.suppress(OSError, ValueError, KeyError):
                    self.get("nothing")
                    return
                time.sleep(0.05)
            self.close()
        raise RuntimeError("etcd doesn't start")

    def close(self):
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def require(self):
        """Without it nothing that follows says anything."""
        status = self._process.poll()
        if status is not None:
            said = pathlib.Path(self.folder, "log").read_text(errors="replace")[-400:]
            raise RuntimeError(f"etcd has ended with {status}: {said}")

    def _call(self, path, **fields):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        try:
            connection.request("POST", path, json.dumps({
                name: base64.b64encode(value).decode() for name, value in fields.items()}))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def get(self, key):
        """What is there, None if nothing."""
        found = self._call("/v3/kv/range", key=key.encode()).get("kvs")
        return base64.b64decode(found[0]["value"]) if found else None

    def put(self, key, value):
        """What an administrator does: without a comparison. None takes it away."""
        if value is None:
            self._call("/v3/kv/deleterange", key=key.encode())
        else:
            self._call("/v3/kv/put", key=key.encode(), value=value)


class Host:
    """A machine with a folder, a home, lines of its own, and a clock on its wall."""

    def __init__(self, fleet, name, project):
        self.fleet, self.name, self.project = fleet, name, project
        #: Seconds by which its time of day is wrong.
        self.wall = 0
        self.store = Line(fleet.world.engine, fleet.note, f"{name}: store ")
        self.x = Line(fleet.bench.sandbox, fleet.note, f"{name}: X ")
        self.is_lost = False
        project.template = f"X_OAUTH2_STORE={fleet.place}\n{project.template}"

    def environment(self, skips=False):
        # The grant goes to its own server alone, so all hosts call it by one address.
        ports = (each.address.rpartition(":")[2] for each in (self.fleet.bench.sandbox, self.x))
        return environment(
            HOME=str(self.project.home), ETCDCTL_ENDPOINTS=self.store.address,
            TORTURE_X=" ".join(ports),
            **self.fleet.world.clock.environment(self.wall, skips))

    def command(self, name, *arguments):
        return [self.fleet.bench.tool.path, *self.fleet.bench.command(name), *arguments,
                "--env-file", str(self.project.file)]

    def start(self, name, *arguments, under=()):
        return subprocess.Popen(
            [*under, *self.command(name, *arguments)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.environment(),
            cwd=self.project.folder, start_new_session=True)

    def run(self, name, *arguments, under=(), skips=True):
        ended = run([*under, *self.command(name, *arguments)], env=self.environment(skips),
                    folder=self.project.folder)
        self.fleet.note(f"{self.name}: {name} ends with {ended}")
        return ended

    def holds(self, digest):
        """Whether a token is anywhere on its disk."""
        files = [self.project.file, *self.project.state.glob("**/*")]
        return not self.is_lost and any(has(each, digest) for each in files)

    def access(self):
        values = self.project.values()
        return values[0] if values else None

    def lose(self):
        self.is_lost = True
        self.fleet.note(f"{self.name}: lost for good")
        shutil.rmtree(self.project.folder)

    def close(self):
        self.store.close()
        self.x.close()
        self.project.close()


def digest_of(token):
    return hashlib.sha256(token).hexdigest()


def has(path, digest):
    with contextlib.suppress(OSError):
        return any(digest_of(word) == digest for word in TOKEN.findall(path.read_bytes()))
    return False


class World:
    """One worker's: a clock, and an X of each mode. The engine is everybody's."""

    def __init__(self, binaries, figures, engine, library):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.engine, self.figures = engine, figures
        self.clock = Clock(self.folder, library)
        self.trace = self.folder / "trace"
        self.benches = {"refuses": Bench(binaries, figures),
                        "ends": Bench(binaries, figures, "--family-revocation")}

    def close(self):
        for bench in self.benches.values():
            bench.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Fleet:
    """Hosts in step with each other, at an X that refuses a spent token, or ends its grant."""

    def __init__(self, world, mode, count=2):
        self.world, self.mode, self.bench = world, mode, world.benches[mode]
        self.key = f"torture-{os.urandom(8).hex()}"
        self.place = f"etcd:{self.key}"
        self.notes = []
        self.newest = self.live = None
        self.renewals = self.replays = 0
        self.has_ended = False
        access, refresh = self.bench.sandbox.grant()
        self.look()
        self.hosts = []
        for number in range(count):
            project = Project(self.bench.sandbox.address, access, refresh, port=self.bench.port)
            self.hosts.append(Host(self, "ABCDEFG"[number], project))
            project.write(access, refresh, int(world.clock.now()) + LIFE)
        first = self.hosts[0].run("refresh", "--force", "--store", self.place)
        ends = [host.run("refresh") for host in self.hosts]
        self.look()
        if any(ended.status for ended in [first, *ends]) or not self.is_in_step():
            text = self.told()
            self.close()
            raise Broken(f"there is no fleet: {text}")
        self.notes.clear()
        self.renewals = 0

    def note(self, text):
        self.notes.append(" ".join(text.split())[:160])

    def told(self, count=30):
        """The last of what happened."""
        return "".join(f"\n    {note}" for note in self.notes[-count:])

    def leap(self, seconds):
        self.world.clock.leap(seconds)
        self.note(f"{seconds / 60:.0f} minutes pass")

    def places(self):
        """Where the newest token is."""
        found = [host.name for host in self.hosts if host.holds(self.newest)]
        value = self.world.engine.get(self.key) or b""
        stored = any(digest_of(word) == self.newest for word in TOKEN.findall(value))
        return found + ["store"] * stored

    def look(self, before=(), then=("a run",)):
        """Takes in what X saw since; `before`: where the newest token was until then, and `then`, once
        there is a newer one."""
        for event in self.bench.sandbox.new_events():
            outcome = event["outcome"]
            if outcome in ("refreshed", "exchanged"):
                self.newest, self.live = event["refresh_sha256"], event["access_sha256"]
                self.renewals += outcome == "refreshed"
                self.has_ended = False
                before = then
                self.note("X: a new token")
            elif outcome in ("replayed", "token_ended") and event["route"].endswith("token"):
                self.note(f"X: {outcome}")
                if event["presented_sha256"] == self.newest:
                    continue  # It didn't know that the grant has ended.
                self.replays += 1
                ended, self.has_ended = self.has_ended, self.has_ended or self.mode == "ends"
                if before and not ended:
                    raise Broken(f"a spent token was sent, its successor in {', '.join(before)}")
            elif outcome in ("refresh_revoked", "access_revoked"):
                self.has_ended = True
                self.note(f"X: {outcome}")

    def run(self, host, name="refresh", *arguments, but=(), **options):
        """One run; no spent token may be sent whose successor is at hand, `but` in these places."""
        before = [place for place in self.places() if place not in but]
        ended = host.run(name, *arguments, **options)
        self.look(before)
        if ended.status not in (0, 3, 5, 75, *((-9, 137) if options.get("under") else ())):
            raise Broken(f"{host.name}: {name}: {ended}")
        return ended

    def living(self):
        return [host for host in self.hosts if not host.is_lost]

    def is_in_step(self):
        """Whether the store and every file hold the newest token."""
        hosts = self.living()
        return (not self.has_ended and "store" in self.places() and all(
            digest_of((host.access() or "").encode()) == self.live for host in hosts)
            and self.bench.sandbox.accepts(hosts[0].access()))

    def settle(self, hosts=None, but=(), renewals=1):
        """Runs everywhere, at first while the copies live, then past their end, until all have what is
        new; whether they have."""
        hosts = hosts or self.living()
        if self.is_in_step() and self.renewals >= renewals:
            return True
        for pause in (0, 0, LIFE + 600, 600, 600):
            self.leap(pause)
            ends = [self.run(host, but=but).status for host in hosts]
            if self.is_in_step() and self.renewals >= renewals:
                return True
            if all(status == 3 for status in ends):
                break
        return False

    def check(self, may_be_lost=False, spends=1):
        """All live on the newest token and renew it once more, or the grant is lost, where it may be:
        then at most so many tries are spent on it, and a login brings it back everywhere."""
        is_settled = self.settle()
        is_lost = not self.places() or self.has_ended
        if is_lost and not may_be_lost:
            raise Broken("the grant is lost")
        if is_lost:
            if self.replays > spends:
                raise Broken(f"{self.replays} spent tokens were sent")
            ended = self.run(self.living()[0])
            if ended.status != 3:
                raise Broken(f"the grant is lost, and nobody says so: {ended}")
            ended = self.run(self.living()[0], "login")
            if ended.status != 0:
                raise Broken(f"no login: {ended}")
            self.settle(renewals=0)
        elif not is_settled:
            raise Broken(f"not in step: the newest is in {self.places()}")
        before = self.renewals
        self.leap(DUE)
        ends = [self.run(host).status for host in self.living() * 2]
        if any(ends) or self.renewals != before + 1 or not self.is_in_step():
            raise Broken(f"the next renewal: {ends}, {self.renewals - before} requests")
        return "lost, as named" if is_lost else "one renewal"

    def close(self):
        for host in self.hosts:
            host.close()
