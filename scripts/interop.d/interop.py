"""Leads xauth through a grant's life at an OAuth 2.0 server that we didn't write."""
import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from authority import Authority

HERE = Path(__file__).resolve().parent
BROWSER_DRIVER = HERE.parent.parent / "Tests/EndToEndTests/Drivers/browser.py"
CLIENTS = {"public": ("public-client", None),
           "confidential": ("confidential-client", "a-secret.of_the~client")}
TOKENS = ("X_OAUTH2_ACCESS_TOKEN", "X_OAUTH2_REFRESH_TOKEN")


class Disagreement(Exception):
    """Something didn't end as it should."""


class Server:
    """The Authlib server over one transport, which lives as long as the whole run."""

    def __init__(self, folder, scheme, authority):
        self.scheme = scheme
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.callback_port = probe.getsockname()[1]
        call = [sys.executable, "-B", HERE / "server.py",
                f"http://127.0.0.1:{self.callback_port}/oauth/callback"]
        if scheme == "https":
            call += [authority.certificate, authority.key]
        self.calls = folder / f"{scheme}-calls"
        environment = dict(CLEAN)
        if scheme == "http":
            environment["AUTHLIB_INSECURE_TRANSPORT"] = "1"
        self.process = subprocess.Popen(
            call, stdout=subprocess.PIPE, stderr=self.calls.open("w"), text=True, env=environment)
        port = self.process.stdout.readline().strip()
        if not port:
            sys.exit(f"interop: the server did not start: {self.calls.read_text()}")
        self.base = f"{scheme}://127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def all_calls(self):
        return self.calls.read_text().splitlines()

    @contextlib.contextmanager
    def must_be_called(self, *calls):
        """What is done in here makes these calls, in this order, and no others."""
        mark = len(self.all_calls())
        yield
        made = self.all_calls()[mark:]
        require(made == list(calls), f"the calls were {made}")


class Project:
    """A folder whose .env leads to the server, and xauth in it."""

    def __init__(self, server, client, secret, button="Authorize", browser="curl"):
        self.server = server
        self.folder = Path(tempfile.mkdtemp(dir=WORK))
        self.environment = dict(CLEAN)
        if server.scheme == "https":
            self.environment["SSL_CERT_FILE"] = str(AUTHORITY.ca)
        self.seen = self.folder / "seen"
        self.browser = self._browser(browser, button)
        (self.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in {
            "CLIENT_ID": client, "CLIENT_SECRET": secret or "", "X_API_BASE_URL": server.base,
            "X_OAUTH2_AUTHORIZE_URL": f"{server.base}/i/oauth2/authorize",
            "X_OAUTH_CALLBACK_PORT": server.callback_port}.items()))

    def _browser(self, kind, button):
        """A program that opens the address it is given, answers, and writes what it came to."""
        if kind == "curl":
            answer = "yes" if button == "Authorize" else "no"
            line = f'curl -sSL --cacert "{AUTHORITY.ca}" --data answer={answer} "$1"'
        else:
            steps = f'{{"open": "%s"}}\\n{{"click": "{button}"}}\\n'
            line = (f"printf '{steps}' \"$1\" | "
                    f'"{sys.executable}" -B "{BROWSER_DRIVER}" "{AUTHORITY.public_key_hash}"')
        program = self.folder / "browser"
        program.write_text(
            f'#!/bin/sh\n{line} >"{self.seen}.part" 2>&1\nmv "{self.seen}.part" "{self.seen}"\n')
        program.chmod(0o700)
        return program

    def run(self, expected, *words, saying=""):
        """Calls xauth, which must end with a code and say something; returns what it printed."""
        call = " ".join(map(str, words))
        try:
            ended = subprocess.run(
                [XAUTH, *words], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=90)
        except subprocess.TimeoutExpired:
            raise Disagreement(f"'{call}' came to no end") from None
        # What went before is the login's address and how it waited.
        said = ended.stderr[max(ended.stderr.rfind("xauth: "), 0):].strip()
        require(ended.returncode == expected,
                f"'{call}' ended with {ended.returncode}, not {expected}: {said}")
        require(saying in said, f"'{call}' doesn't say '{saying}': {said}")
        return ended.stdout

    def login(self, expected=0, saying=""):
        self.run(expected, "login", "--timeout", "60s", "--browser", self.browser, saying=saying)

    def must_see(self, text):
        """The page that the person's browser ended on says this."""
        end = time.monotonic() + 30
        while not self.seen.exists():
            if time.monotonic() > end:
                raise Disagreement("the browser never came to an end")
            time.sleep(0.05)
        require(text in self.seen.read_text(), f"the browser saw {self.seen.read_text()[:300]}")

    def value(self, name):
        lines = (self.folder / ".env").read_text().splitlines()
        return next((line.partition("=")[2] for line in lines if line.startswith(f"{name}=")), "")

    def set(self, name, value):
        lines = (self.folder / ".env").read_text().splitlines()
        (self.folder / ".env").write_text("".join(
            f"{name}={value}\n" if line.startswith(f"{name}=") else f"{line}\n" for line in lines))

    def status_of(self, token):
        """What the server thinks of an access token."""
        return subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", AUTHORITY.ca, "-H",
             f"Authorization: Bearer {token}", f"{self.server.base}/2/users/me"],
            env=CLEAN, capture_output=True, text=True).stdout


def require(holds, what):
    if not holds:
        raise Disagreement(what)


def how(client):
    """How a client of this type authenticates itself (RFC 6749 §2.3.1)."""
    return "basic" if client == "confidential" else "none"


def whole_life(server, client, browser):
    """Login, check, refresh, revoke: every call once, authenticated as the client's type asks."""
    project = Project(server, *CLIENTS[client], browser=browser)
    with server.must_be_called(
            f"/2/oauth2/token authorization_code {how(client)} 200",
            f"/2/oauth2/token refresh_token {how(client)} 200",
            f"/2/oauth2/revoke - {how(client)} 200", f"/2/oauth2/revoke - {how(client)} 200"):
        project.login()
        project.must_see("the new tokens are saved")
        access, refresh = map(project.value, TOKENS)
        require(access and refresh, "a token is missing in .env")
        checked = json.loads(project.run(0, "show", "--check", "--json"))
        require("authlib" in json.dumps(checked["check"]), f"show --check says {checked['check']}")
        project.run(0, "refresh", "--force")
        new_access, new_refresh = map(project.value, TOKENS)
        require(new_refresh not in ("", refresh) and new_access != access, "nothing was rotated")
        require(project.run(0, "token").strip() == new_access, "token prints another one")
        require(project.status_of(new_access) == "200", "the server refuses the new token")
        project.run(0, "revoke")
        require(project.status_of(new_access) == "401", "the server takes a revoked token")
        require(not any(map(project.value, TOKENS)), "a revoked token is still in .env")
        project.run(3, "token")


def denied(server, client, browser):
    """Who presses Cancel gets no token, and page and terminal say so."""
    project = Project(server, *CLIENTS[client], button="Cancel", browser=browser)
    with server.must_be_called():
        project.login(expected=3, saying="the login was cancelled on X's page")
        project.must_see("Access was cancelled on X")
        require(not any(map(project.value, TOKENS)), "a token came from a denial")


def spent(server, client, browser):
    """A refresh token that was used elsewhere is refused, and then not sent a second time."""
    project = Project(server, *CLIENTS[client], browser=browser)
    project.login()
    copy = Project(server, *CLIENTS[client])
    copy.folder.joinpath(".env").write_text(project.folder.joinpath(".env").read_text())
    copy.run(0, "refresh", "--force")
    with server.must_be_called(f"/2/oauth2/token refresh_token {how(client)} 400"):
        project.run(3, "refresh", "--force", saying="refused the refresh token")
        project.run(3, "refresh", saying="it was not sent again")
    require(copy.status_of(copy.value(TOKENS[0])) == "200", "the refusal ended the grant")


def wrong_secret_at_login(server, client, browser):
    project = Project(server, CLIENTS[client][0], "another-secret", browser=browser)
    with server.must_be_called("/2/oauth2/token authorization_code basic 401"):
        project.login(expected=4)
        project.must_see("got no usable tokens from X")
    require(not any(map(project.value, TOKENS)), "a token came for a wrong secret")


def wrong_secret_at_refresh(server, client, browser):
    """Nothing is spent by it: once the secret is right again, so is all else."""
    name, secret = CLIENTS[client]
    project = Project(server, name, secret, browser=browser)
    project.login()
    before = [project.value(token) for token in TOKENS]
    project.set("CLIENT_SECRET", "another-secret")
    with server.must_be_called("/2/oauth2/token refresh_token basic 401"):
        project.run(4, "refresh", "--force")
    require([project.value(token) for token in TOKENS] == before, "a token changed")
    project.set("CLIENT_SECRET", secret)
    project.run(0, "refresh", "--force")
    require(project.value(TOKENS[1]) != before[1], "nothing was rotated")


def unknown_authority(server, client, browser):
    """Nothing is sent to whom nobody vouches for."""
    project = Project(server, *CLIENTS[client], browser=browser)
    project.login()
    before = [project.value(token) for token in TOKENS]
    del project.environment["SSL_CERT_FILE"]
    with server.must_be_called():
        unknown = "isn't trusted here"
        project.run(4, "refresh", "--force", saying=unknown)
    require([project.value(token) for token in TOKENS] == before, "a token changed")


TITLES = {
    whole_life: "login, show, refresh, token, revoke", denied: "login, denied",
    spent: "refresh with a spent token", wrong_secret_at_login: "login with a wrong secret",
    wrong_secret_at_refresh: "refresh with a wrong secret",
    unknown_authority: "refresh, the CA unknown"}
CASES = [
    *((whole_life, scheme, client, browser) for scheme in ("http", "https") for client in CLIENTS
      for browser in ("curl", "Chromium")),
    (denied, "http", "public", "curl"), (denied, "https", "confidential", "curl"),
    (denied, "http", "confidential", "Chromium"), (denied, "https", "public", "Chromium"),
    (spent, "http", "public", "curl"), (spent, "https", "confidential", "curl"),
    (wrong_secret_at_login, "http", "confidential", "curl"),
    (wrong_secret_at_login, "https", "confidential", "Chromium"),
    (wrong_secret_at_refresh, "http", "confidential", "curl"),
    (wrong_secret_at_refresh, "https", "confidential", "curl"),
    (unknown_authority, "https", "public", "curl"),
]


def main():
    failures = 0
    chromium = subprocess.run(["chromium", "--version"], capture_output=True, text=True).stdout
    print(f"Authlib {version('authlib')}, {' '.join(chromium.split()[:2])}\n")
    print(f"{'what':36} {'over':6} {'client':13} {'browser':9} result", flush=True)
    with contextlib.ExitStack() as stack:
        servers = {scheme: stack.enter_context(Server(WORK, scheme, AUTHORITY))
                   for scheme in ("http", "https")}
        for case, scheme, client, browser in CASES:
            start = time.monotonic()
            try:
                case(servers[scheme], client, browser)
                result = f"as it should ({time.monotonic() - start:.1f} s)"
            except Disagreement as disagreement:
                result = f"FAILED: {disagreement}"
                failures += 1
            print(f"{TITLES[case]:36} {scheme:6} {client:13} {browser:9} {result}", flush=True)
    print(f"\n{len(CASES) - failures} of {len(CASES)} as they should")
    sys.exit(1 if failures else 0)


options = argparse.ArgumentParser(prog="scripts/interop")
options.add_argument("--bin", type=Path, required=True)
XAUTH = options.parse_args().bin.resolve() / "xauth"
# Without what would lead elsewhere: a real app's settings, proxies, CA files, CI.
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TERM") if name in os.environ}
with tempfile.TemporaryDirectory(prefix="xauth-interop-", ignore_cleanup_errors=True) as work:
    WORK = Path(work).resolve()
    AUTHORITY = Authority(WORK)
    main()
