"""What a trial is played with: stand-ins for X, a project whose .env leads to them, xauth."""
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

HERE = Path(__file__).resolve().parent
# The generations of fastmcp and mcp, each in a virtual environment beside ours.
PYTHONS = {name: Path(sys.prefix).parent / f"venv-{name}/bin/python" for name in ("new", "old")}
TOKENS = ("X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN")
WEB = httpx.Client(trust_env=False, timeout=30)


class Trouble(Exception):
    """A trial couldn't be played to its end."""


def wait_for(what, look, seconds=180):
    """What `look` finds, as soon as that is something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return found


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A program in the background, with its output in files."""

    def __init__(self, folder, command, environment):
        self.output, self.errors = folder / "out", folder / "err"
        with self.output.open("w") as output, self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                list(map(str, command)), cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=errors)

    def look(self, found):
        """What was found, unless the program has ended: then nothing will be."""
        if not found and self.process.poll() is not None:
            raise Trouble(f"a program ended: {self.errors.read_text()[-500:]}")
        return found

    def printed_port(self):
        """What a stand-in prints on its first line."""
        return int(wait_for("a port", lambda: self.look(self.output.read_text().strip())))

    def measure(self, name):
        """A line of the kernel's account of it, such as VmHWM, in its own unit."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Client(Program):
    """clients.py, which calls tools for some seconds."""

    def __init__(self, *given, seconds):
        super().__init__(*given)
        self.seconds = seconds

    def result(self):
        """What it counted, with what wasn't as it should be under `faults`."""
        self.process.wait(self.seconds + 90)
        if not self.output.read_text():
            raise Trouble(f"a client said nothing: {self.errors.read_text()[-300:]}")
        result = json.loads(self.output.read_text())
        faults = result["faults"] = []
        if result["session_error"]:
            faults.append(f"lost its session: {result['session_error']}")
        if result["failures"]:
            faults.append(f"{result['failures']} calls failed: {result['errors']}")
        if result["calls"] < 0.8 * 5 * self.seconds:
            faults.append(f"only {result['calls']} calls in {self.seconds} s")
        return result


class Bridge(Program):
    """A bridge, with us as the client: one request after the other."""

    def __init__(self, folder, command, environment):
        self.errors, self.number = folder / "err", 0
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                list(map(str, command)), cwd=folder, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        self.ask("initialize", protocolVersion="2025-06-18", capabilities={},
                 clientInfo={"name": "interop", "version": "1"})
        self.tell("notifications/initialized")

    def tell(self, method, **message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "method": method, **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, method, **params):
        """The answer to a request."""
        self.number += 1
        self.tell(method, id=self.number, params=params)
        for line in self.process.stdout:
            if (answer := json.loads(line)).get("id") == self.number:
                return answer
        raise Trouble(f"the bridge ended: {self.errors.read_text()[-500:]}")


class Stage:
    """The stand-in for X's API, and a project with a grant of it."""

    def __init__(self, xauth, life, slack=0):
        self.xauth, self.life, self.slack, self.programs = xauth, life, slack, []
        self.folder = Path(tempfile.mkdtemp(prefix="xauth-serving-")).resolve()
        self.names = itertools.count()
        self.env = self.folder / "project" / ".env"
        # Without what would lead elsewhere: a real app's settings, proxies, CA files, CI.
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = {**kept, "HOME": str(self.folder)}

    def __enter__(self):
        try:
            api = self.stand_in(
                "new", "api.py", "--life", self.life, "--end-old", "--slack", self.slack)
            self.api = f"http://127.0.0.1:{api.printed_port()}"
            self.env.parent.mkdir()
            self.write_grant("A0", "R0")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_grant(self, access, refresh):
        """Puts a grant into the .env, as a login elsewhere would."""
        new = self.folder / "new.env"
        new.touch(mode=0o600)
        new.write_text("".join(f"{name}={value}\n" for name, value in {
            "CLIENT_ID": "app", "X_API_BASE_URL": self.api, TOKENS[0]: access, TOKENS[1]: refresh,
            "X_OAUTH2_EXPIRES_AT": int(time.time()) + self.life}.items()))
        new.rename(self.env)

    def rotations(self):
        """How many there were, by the refresh token in the .env: R3-… after three."""
        lines = dict(line.split("=", 1) for line in self.env.read_text().splitlines())
        return int(lines[TOKENS[1]].split("-")[0][1:])

    def log(self):
        return WEB.get(f"{self.api}/admin/log").json()

    def start(self, *command, kind=Program, environment=None, **named):
        folder = self.folder / f"program-{next(self.names)}"
        folder.mkdir()
        program = kind(folder, command, {**self.environment, **(environment or {})}, **named)
        self.programs.append(program)
        return program

    def stand_in(self, generation, name, *arguments):
        return self.start(PYTHONS[generation], "-B", HERE / name, *arguments)

    def call(self, command, *arguments):
        """A command of xauth's for this project."""
        return [self.xauth, command, "--env-file", self.env, *arguments]

    def hosted(self, generation):
        """Starts the stand-in for the hosted MCP server; returns its address."""
        program = self.stand_in(generation, "hosted.py", "--api", self.api)
        port = program.printed_port()
        wait_for("the hosted server", lambda: program.look(accepts(port)))
        return f"http://127.0.0.1:{port}"

    def proxied_server(self, generation):
        """Starts the stand-in for xmcp under a proxy; returns both, and the server's address."""
        place = self.folder / f"xmcp-{generation}"
        place.mkdir()
        # It looks for a .env beside itself, and would load this project's.
        shutil.copy(HERE / "server.py", place)
        (place / ".env").write_text("")
        port = free_port()
        program = self.start(
            *self.call("proxy", "--upstream", self.api, "--", PYTHONS[generation], "-B",
                       place / "server.py"),
            environment={"MCP_PORT": str(port)})
        wait_for("the server under the proxy", lambda: program.look(accepts(port)))
        return program, f"http://127.0.0.1:{port}/mcp"

    def proxy(self):
        """Starts a proxy by itself; returns it and its address."""
        port = free_port()
        program = self.start(*self.call("proxy", "--upstream", self.api, "--port", port))
        kept = self.env.parent / ".env.xauth/proxy"
        wait_for("the proxy", lambda: program.look(kept.exists() and accepts(port)))
        return program, kept.read_text().split()[0]

    def client(self, generation, kind, seconds, tools, *where):
        return self.start(
            PYTHONS[generation], "-B", HERE / "clients.py", "--kind", kind, "--seconds", seconds,
            "--tools", tools, *where, kind=Client, seconds=seconds)

    def bridged_client(self, generation, kind, seconds, tools, hosted):
        command = self.call("mcp", f"{hosted}/mcp")
        return self.client(generation, kind, seconds, tools, "--command", *command)
