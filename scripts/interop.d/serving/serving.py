"""Leads MCP clients and servers through proxy and bridge while tokens end and are renewed."""
import argparse
import contextlib
import getpass
import hashlib
import http.client
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from stage import PYTHONS, WEB, Bridge, Stage, Trouble, accepts, free_port, wait_for

MIB = 1 << 20
LIFE = 8
SERVER_TOOLS = "getUsersMe,getBookmarks,createTweet,mediaUpload"
HOSTED_TOOLS = "getUsersMe,getBookmarks,progress"


class Table:
    def __init__(self):
        self.failed = 0

    def row(self, what, figures, faults, result="ok"):
        if faults:
            result = f"FAILED: {'; '.join(faults)}"
        self.failed += bool(faults)
        print(f"{what:38} {figures:76} {result}", flush=True)


def counted(results):
    calls, failures, unauthorized = (
        sum(each[name] for each in results) for name in ("calls", "failures", "failures_401"))
    median = max(each["median_ms"] or 0 for each in results)
    return f"{calls} calls, {failures} failed, {unauthorized} with 401, p50 {median:.0f} ms"


def faults_of(results):
    return [fault for each in results for fault in each["faults"]]


def rotation_row(table, what, stage, at_least):
    """However many programs there are: a rotation is one request, and no token is sent twice."""
    # A bridge may outlive its client by a renewal.
    def is_saved():
        return stage.rotations() == stage.log()["token_requests"]["ok"]

    with contextlib.suppress(Trouble):
        wait_for("the last save", is_saved, 10)
    log, rotations = stage.log(), stage.rotations()
    requests = log["token_requests"]
    faults = []
    if not requests["total"] == requests["ok"] == rotations:
        faults.append(f"{requests['ok']} requests were answered with tokens")
    if requests["max_in_flight"] != 1 or log["reuses_of_spent_tokens"]:
        faults.append("a token was sent twice, or two at once")
    if rotations < at_least:
        faults.append(f"{at_least} rotations were to be seen")
    table.row(what, f"{rotations} rotations, {requests['total']} token requests, at most "
              f"{requests['max_in_flight']} at once, {log['reuses_of_spent_tokens']} with a spent "
              "token", faults)


def one_grant(table, generation):
    """A server under the proxy with two clients, and three bridges, through ten rotations."""
    seconds = 56
    with new_stage() as stage:
        proxy, server = stage.proxied_server(generation)
        hosted = stage.hosted(generation)
        clients = [stage.client(generation, kind, seconds, SERVER_TOOLS, "--url", server)
                   for kind in ("mcp-http", "fastmcp-http")]
        bridged = [stage.bridged_client(generation, kind, seconds, HOSTED_TOOLS, hosted)
                   for kind in ("mcp-stdio", "fastmcp-stdio", "mcp-stdio")]
        clients, bridged = ([each.result() for each in some] for some in (clients, bridged))
        proxy.stop()

        # The third of four tools.
        posts, asked = stage.log()["tweets"], sum((each["calls"] + 1) // 4 for each in clients)
        faults = faults_of(clients)
        if posts != asked:
            faults.append(f"{posts} posts were made where {asked} were asked for")
        table.row(f"{generation}: proxy, 2 clients", counted(clients), faults)
        # The third of three, with three notifications each.
        told = sum(each["progress"] for each in bridged)
        asked = sum(each["calls"] // 3 * 3 for each in bridged)
        faults = faults_of(bridged)
        if told != asked:
            faults.append(f"{told} notifications of progress came where {asked} were sent")
        table.row(f"{generation}: 3 bridges", counted(bridged), faults)
        rotation_row(table, f"{generation}: all on one grant", stage, at_least=10)


def lost_session(table, generation):
    """The server forgets a session: the bridge begins another, and the client notices nothing."""
    with new_stage() as stage:
        hosted = stage.hosted(generation)
        client = stage.bridged_client(generation, "mcp-stdio", 12, "getUsersMe,slow", hosted)
        wait_for("a session", lambda: WEB.get(f"{hosted}/admin/log").json()["sessions_issued"])
        time.sleep(5)
        in_flight = WEB.get(f"{hosted}/admin/log").json()["open"]
        WEB.get(f"{hosted}/admin/forget")
        result = client.result()
        log = WEB.get(f"{hosted}/admin/log").json()
    faults = []
    if result["session_error"] or result["failures"] > in_flight:
        faults = result["faults"]
    if log["sessions_issued"] != 2:
        faults.append("it wasn't initialized again once")
    table.row(f"{generation}: a session is forgotten",
              f"{result['calls']} calls, {result['failures']} failed, {in_flight} were open, "
              f"{log['sessions_issued']} sessions", faults)


def beside_cron(table):
    with new_stage() as stage:
        proxy, server = stage.proxied_server("new")
        clients = [
            stage.client("new", "fastmcp-http", 30, SERVER_TOOLS, "--url", server),
            stage.bridged_client("new", "mcp-stdio", 30, HOSTED_TOOLS, stage.hosted("new"))]
        codes, refresh = [], stage.call("refresh", "--quiet", "--min-validity", "4s")
        while any(each.process.poll() is None for each in clients):
            codes.append(subprocess.run(refresh, env=stage.environment).returncode)
            time.sleep(0.7)
        results = [each.result() for each in clients]
        proxy.stop()
        faults = faults_of(results) + [f"refresh ended with {code}" for code in codes if code][:1]
        table.row(f"{len(codes)} runs of refresh beside both", counted(results), faults)
        rotation_row(table, "all on one grant", stage, at_least=4)


def renew_elsewhere(stage):
    """Renews as a copy of the project on another machine would: our refresh token is spent now."""
    def renew():
        refresh = WEB.get(f"{stage.api}/admin/current").json()["refresh"]
        answer = WEB.post(f"{stage.api}/2/oauth2/token", data={
            "grant_type": "refresh_token", "refresh_token": refresh})
        # Somebody here may have been faster.
        return answer.json() if answer.status_code == 200 else None
    return wait_for("a renewal elsewhere", renew)


def dead_grant(table):
    """A grant that has ended is told in words, and a login elsewhere heals what runs."""
    with new_stage() as stage:
        _, base = stage.proxy()
        hosted = stage.hosted("new")
        client = stage.bridged_client("new", "mcp-stdio", 30, "getUsersMe", hosted)
        start = time.monotonic()

        def ask():
            return WEB.get(f"{base}/2/users/me")

        wait_for("a session", lambda: WEB.get(f"{hosted}/admin/log").json()["sessions_issued"])
        wait_for("a good answer", lambda: ask().status_code == 200)
        time.sleep(2)
        elsewhere = renew_elsewhere(stage)
        wait_for("503", lambda: ask().status_code == 503, 20)
        said = ask().json()["detail"]
        time.sleep(2)
        stage.write_grant(elsewhere["access_token"], elsewhere["refresh_token"])
        healing = time.monotonic()
        wait_for("an answer after the login", lambda: ask().status_code == 200, 20)
        healed = time.monotonic() - healing
        result = client.result()
        end_of_errors = max(0.0, (result["last_failure"] or 0) - (healing - start))
    faults = []
    if "login" not in said:
        faults.append(f"the proxy doesn't say what to do: {said}")
    table.row("a dead grant: proxy", f"503, and 200 {healed:.1f} s after a login elsewhere", faults)
    faults = []
    if not any("login" in error for error in result["errors"]):
        faults.append(f"the bridge doesn't say what to do: {result['errors']}")
    if result["session_error"] or end_of_errors > 3 or client.seconds - (healing - start) < 5:
        faults.append(f"it didn't heal: {result['session_error'] or result['errors']}")
    table.row("a dead grant: bridge",
              f"{result['failures']} of {result['calls']} calls got an error, the last "
              f"{end_of_errors:.1f} s after it", faults)


class Line:
    """A connection that is kept, to the proxy or past it."""

    def __init__(self, base, token=None):
        split = urlsplit(base)
        self.connection = http.client.HTTPConnection(split.hostname, split.port, timeout=60)
        self.path = split.path
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def open(self, path, method="GET", **named):
        headers = {**self.headers, **named.pop("headers", {})}
        self.connection.request(method, self.path + path, headers=headers, **named)
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise Trouble(f"{path} was answered with {answer.status}: {answer.read(300)}")
        return answer

    def get(self, path):
        return self.open(path).read()

    def close(self):
        self.connection.close()


def open_stream(table):
    """An event stream goes on although the token that opened it is long gone."""
    with new_stage() as stage:
        _, base = stage.proxy()
        stream = Line(base).open("/2/stream?interval=0.1")
        numbers, before, goal = [], stage.rotations(), 3
        end = time.monotonic() + 60
        while stage.rotations() < before + goal and time.monotonic() < end:
            line = stream.readline()
            if not line:
                break
            if line.startswith(b"data: "):
                numbers.append(json.loads(line[6:])["n"])
        rotations, streams = stage.rotations() - before, stage.log()["streams_opened"]
    faults = []
    if rotations < goal or numbers != list(range(1, len(numbers) + 1)) or streams != 1:
        faults.append("it was broken off")
    table.row("an event stream stays open",
              f"{len(numbers)} events over {rotations} rotations", faults)


def large_bodies(table):
    size = 200 * MIB
    with new_stage(7200) as stage:
        proxy, base = stage.proxy()
        block, line = os.urandom(MIB), Line(base)
        body = itertools.repeat(block, size // MIB)
        start = time.monotonic()
        answer = json.load(line.open(
            "/2/media/upload", "POST", body=body, headers={"Content-Length": str(size)}))["data"]
        sent = time.monotonic() - start
        received, download = 0, line.open(f"/2/big?bytes={size}")
        while piece := download.read(MIB):
            received += len(piece)
        peak = proxy.measure("VmHWM") / 1024
        took = time.monotonic() - start - sent
    digest = hashlib.sha256()
    for _ in range(size // MIB):
        digest.update(block)
    faults = []
    if (answer["length"], answer["sha256"], received) != (size, digest.hexdigest(), size):
        faults.append("not all of it came")
    if peak > 40:
        faults.append("40 MiB are allowed")
    table.row("200 MiB up and down",
              f"{sent:.1f} s and {took:.1f} s, the proxy's peak {peak:.1f} MiB", faults)


def cost(table):
    with new_stage(7200) as stage:
        lines = Line(stage.api, "A0"), Line(stage.proxy()[1])
        differences = []
        for number in range(320):
            times = []
            for line in lines:
                start = time.perf_counter()
                line.get("/2/users/me")
                times.append((time.perf_counter() - start) * 1000)
            # The first ones open connections.
            if number >= 20:
                differences.append(times[1] - times[0])
    middle = statistics.median(differences)
    # A busy machine's figure says little; 5 ms is what to look for on an idle one.
    table.row("a request, with the proxy and without", f"p50 of 300 pairs: {middle:+.2f} ms",
              ["more than 50 ms"] if middle > 50 else [])


def many_requests(table):
    threads, allowed = 4, 4 * 1024
    with new_stage(7200) as stage, ThreadPoolExecutor(threads) as pool:
        proxy, base = stage.proxy()

        def ask(count):
            with contextlib.closing(Line(base)) as line:
                for _ in range(count):
                    line.get("/2/users/me")

        def measure():
            return proxy.descriptors(), proxy.measure("Threads"), proxy.measure("VmRSS")

        def ask_many(count):
            list(pool.map(ask, [50] * (count // 50)))

        def is_settled():
            descriptors, running, _ = measure()
            return running <= before[1] and descriptors <= before[0] + threads

        ask_many(1000)
        # Each connection has a thread, which ends a moment after it.
        time.sleep(3)
        before = measure()
        ask_many(9000)
        with contextlib.suppress(Trouble):
            wait_for("the end of all connections", is_settled, 10)
        after = measure()
        is_flat = is_settled() and after[2] <= before[2] + allowed
    table.row("10,000 requests, and the first 1,000",
              f"descriptors {before[0]} → {after[0]}, threads {before[1]} → {after[1]}, "
              f"memory {before[2] / 1024:.1f} → {after[2] / 1024:.1f} MiB",
              [] if is_flat else ["they grow"])


class Usage:
    """What a program takes of the machine, from one look to the next."""
    allowed = 4 * 1024

    def __init__(self, program):
        self.program, self.looks = program, []

    def look(self):
        # A renewal that is under way has files open: what is always there is what counts.
        looks = []
        for _ in range(20):
            looks.append((self.program.descriptors(), self.program.measure("Threads")))
            time.sleep(0.1)
        descriptors, threads = map(min, zip(*looks))
        self.looks.append((descriptors, threads, self.program.measure("VmRSS")))

    def __str__(self):
        descriptors, threads, memory = zip(*self.looks)
        return (f"fds {'→'.join(map(str, descriptors))}, threads {'→'.join(map(str, threads))}, "
                f"{' → '.join(f'{each / 1024:.1f}' for each in memory)} MiB")

    def faults(self):
        first, last = self.looks[0], self.looks[-1]
        is_flat = last[0] <= first[0] and last[1] <= first[1] and last[2] <= first[2] + self.allowed
        return [] if is_flat else ["they grow"]


def long_run(table):
    """A second of life a token: the rotations of seventeen days, with requests all the time."""
    goal, requests, threads = 200, 10_000, 4
    with new_stage(1, slack=2) as stage, ThreadPoolExecutor(threads + 1) as pool:
        proxy, base = stage.proxy()
        bridge = stage.start(*stage.call("mcp", f"{stage.hosted('new')}/mcp"), kind=Bridge)
        counts, failures, is_over = {"proxy": 0, "bridge": 0}, {"proxy": [], "bridge": []}, []

        def ask(name, once, pause):
            while not is_over:
                try:
                    once()
                except Exception as error:
                    failures[name].append(f"{type(error).__name__}: {error}")
                counts[name] += 1
                time.sleep(pause)

        def through_proxy():
            with contextlib.closing(Line(base)) as line:
                ask("proxy", lambda: line.get("/2/users/me"), 0.05)

        def call_tool():
            answer = bridge.ask("tools/call", name="getUsersMe", arguments={})
            if answer.get("result", {"isError": True}).get("isError"):
                raise Trouble(json.dumps(answer)[:300])

        runs = [pool.submit(through_proxy) for _ in range(threads)]
        runs.append(pool.submit(ask, "bridge", call_tool, 0.01))
        used = {"proxy": Usage(proxy), "bridge": Usage(bridge)}
        try:
            for part in (0.05, 0.5, 1):
                wait_for("rotations and requests", lambda: stage.rotations() >= part * goal
                         and counts["proxy"] >= part * requests, 900)
                for each in used.values():
                    each.look()
        finally:
            is_over.append(True)
        for run in runs:
            run.result()
        for name in counts:
            faults = used[name].faults()
            if failures[name]:
                faults.append(f"{len(failures[name])} failed: {failures[name][:3]}")
            table.row(f"the long run: {counts[name]:,} through the {name}", str(used[name]), faults)
        rotation_row(table, "all on one grant", stage, at_least=goal)


def over_ssh(table):
    what = "a bridge over SSH"
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if not sshd or not shutil.which("ssh"):
        return table.row(what, "there is no sshd here (openssh-server)", [], "not tried")
    with new_stage() as stage:
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name],
                           cwd=stage.folder, check=True)
        port = free_port()
        # The stage's folder is in one that anybody may write to, which StrictModes refuses.
        settings = {
            "Port": port, "ListenAddress": "127.0.0.1", "HostKey": stage.folder / "host",
            "AuthorizedKeysFile": stage.folder / "user.pub", "PidFile": "none", "StrictModes": "no",
            "UsePAM": "no", "PasswordAuthentication": "no"}
        configuration = stage.folder / "sshd_config"
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        if os.getuid() == 0:
            # What Debian's service makes at its start.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        daemon = stage.start(sshd, "-D", "-e", "-f", configuration)
        wait_for("sshd", lambda: daemon.look(accepts(port)))
        options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=no",
                   "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"]
        ssh = ["ssh", "-F", "none", "-p", port, "-i", stage.folder / "user",
               *(f"-o{each}" for each in options), f"{getpass.getuser()}@127.0.0.1"]
        bridge = stage.call("mcp", f"{stage.hosted('new')}/mcp")
        client = stage.client(
            "new", "mcp-stdio", 5, HOSTED_TOOLS, "--command", *ssh, *bridge)
        result = client.result()
    table.row(what, counted([result]), result["faults"])


def new_stage(life=LIFE, slack=0):
    return Stage(XAUTH, life, slack)


def versions(generation):
    program = "from importlib.metadata import version as v; print(v('fastmcp'), v('mcp'))"
    found = subprocess.run([PYTHONS[generation], "-c", program], capture_output=True, text=True)
    return "{}: fastmcp {}, mcp {}".format(generation, *found.stdout.split())


def main():
    print("; ".join(map(versions, PYTHONS)))
    table, start = Table(), time.monotonic()
    if OPTIONS.long:
        trials = [(long_run, [])]
    else:
        print(f"Tokens live for {LIFE} s and end at once when they are renewed.\n")
        trials = [(trial, [name]) for trial in (one_grant, lost_session) for name in PYTHONS]
        trials += [(trial, []) for trial in (
            beside_cron, dead_grant, open_stream, large_bodies, cost, many_requests, over_ssh)]
    for trial, given in trials:
        try:
            trial(table, *given)
        except Exception as error:
            what = " ".join([trial.__name__.replace("_", " "), *given])
            table.row(what, "", [f"{type(error).__name__}: {error}"])
    print(f"\n{table.failed or 'none'} FAILED; {time.monotonic() - start:.0f} s")
    sys.exit(1 if table.failed else 0)


options = argparse.ArgumentParser(prog="scripts/interop serving")
options.add_argument("--bin", type=Path, required=True)
options.add_argument("--long", action="store_true", help="the long run alone")
OPTIONS = options.parse_args()
XAUTH = OPTIONS.bin.resolve() / "xauth"
main()
