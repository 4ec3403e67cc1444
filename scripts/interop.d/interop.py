"""Leads xauth through a grant's life at an OAuth 2.0 server that we didn't write."""
import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
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
        environment = {**CLEAN, "AUTHLIB_INSECURE_TRANSPORT": "1"}
        self.process = subprocess.Popen(
            call, stdout=subprocess.PIPE, stderr=self.calls.open("w"), text=True, env=environment)
        port = self.process.stdout.readline().strip()
        if not port:
            sys.exit(f"interop: the server did not start: {self.calls.read_text()}")
        self.base = f"{scheme}://127.0.0.1:{port}"

    def calls_since(self, mark):
        return self.calls.read_text().splitlines()[mark:]


class Project:
    """A folder whose .env leads to the server, and xauth in it."""

    def __init__(self, server, client, secret, button="Authorize", browser="curl", trusts=True):
        self.server = server
        self.folder = Path(tempfile.mkdtemp(dir=WORK))
        self.environment = dict(CLEAN)
        if server.scheme == "https" and trusts:
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
            settings = self.folder / "browser.json"
            settings.write_text(json.dumps({"trust": [AUTHORITY.public_key_hash]}))
            line = f'"{sys.executable}" "{BROWSER_DRIVER}" "$1" {button} "{settings}"'
        program = self.folder / "browser"
        program.write_text(
            f'#!/bin/sh\n{line} >"{self.seen}.part" 2>&1\nmv "{self.seen}.part" "{self.seen}"\n')
        program.chmod(0o700)
        return program

    def run(self, expected, *words):
        ended = subprocess.run(
            [XAUTH, *words], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=90)
        if ended.returncode != expected:
            raise Disagreement(
                f"'{' '.join(map(str, words))}' ended with {ended.returncode}, not {expected}: "
                f"{ended.stderr.strip()}")
        return ended.stdout

    def login(self, expected=0):
        self.run(expected, "login", "--timeout", "60s", "--browser", self.browser)

    def page(self):
        """What the person saw at the end."""
        end = time.monotonic() + 30
        while not self.seen.exists():
            if time.monotonic() > end:
                raise Disagreement("the browser never came to an end")
            time.sleep(0.05)
        return self.seen.read_text()

    def value(self, name):
        lines = (self.folder / ".env").read_text().splitlines()
        return next((line.partition("=")[2] for line in lines if line.startswith(f"{name}=")), "")

    def status_of(self, token):
        """What the server thinks of an access token."""
        return subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", AUTHORITY.ca, "-H",
             f"Authorization: Bearer {token}", f"{self.server.base}/2/users/me"],
            env=CLEAN, capture_output=True, text=True).stdout


def require(holds, what):
    if not holds:
        raise Disagreement(what)


def whole_life(server, client, browser):
    """Login, check, refresh, revoke: every call once, authenticated as the client's type asks."""
    project = Project(server, *CLIENTS[client], browser=browser)
    mark = len(server.calls_since(0))
    project.login()
    require("signed in" in project.page().lower(), f"the page says {project.page()[:300]}")
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
    how = "basic" if client == "confidential" else "none"
    require(server.calls_since(mark) == [
        f"/2/oauth2/token authorization_code {how} 200",
        f"/2/oauth2/token refresh_token {how} 200",
        f"/2/oauth2/revoke - {how} 200", f"/2/oauth2/revoke - {how} 200"],
        f"the calls were {server.calls_since(mark)}")


def denied(server, client, browser):
    project = Project(server, *CLIENTS[client], button="Cancel", browser=browser)
    mark = len(server.calls_since(0))
    project.login(expected=3)
    require(not project.value(TOKENS[0]), "a token came from a denial")
    require(not server.calls_since(mark), "a denial was followed by a call")


def spent(server, client, browser):
    """A refresh token that was used elsewhere is refused: a person must log in."""
    project = Project(server, *CLIENTS[client], browser=browser)
    project.login()
    copy = Project(server, *CLIENTS[client])
    copy.folder.joinpath(".env").write_text(project.folder.joinpath(".env").read_text())
    copy.run(0, "refresh", "--force")
    project.run(3, "refresh", "--force")
    project.run(3, "refresh")
    require(copy.status_of(copy.value(TOKENS[0])) == "200", "the refusal ended the grant")


def wrong_secret(server, client, browser):
    project = Project(server, CLIENTS[client][0], "another-secret", browser=browser)
    project.login(expected=4)
    require(not project.value(TOKENS[0]), "a token came for a wrong secret")


def unknown_authority(server, client, browser):
    project = Project(server, *CLIENTS[client], browser=browser)
    project.login()
    del project.environment["SSL_CERT_FILE"]
    mark = len(server.calls_since(0))
    # What the machine's administrator has to mend: nothing was sent, and trying again won't help.
    before = project.value(TOKENS[1])
    ended = subprocess.run([XAUTH, "refresh", "--force"], cwd=project.folder,
                           env=project.environment, capture_output=True, text=True)
    require(ended.returncode in (4, 75) and not server.calls_since(mark), ended.stderr)
    require(project.value(TOKENS[1]) == before, "the token changed")


def main():
    server = {scheme: Server(WORK, scheme, AUTHORITY) for scheme in ("http", "https")}
    cases = [(whole_life, scheme, client, browser)
             for scheme in server for client in CLIENTS for browser in ("curl", "Chromium")]
    cases += [(denied, "http", "public", "curl"), (denied, "https", "public", "Chromium")]
    cases += [(spent, "http", "public", "curl"), (spent, "https", "confidential", "curl"),
              (wrong_secret, "http", "confidential", "curl"),
              (unknown_authority, "https", "public", "curl")]
    titles = {whole_life: "login, show, refresh, token, revoke", denied: "login, denied",
              spent: "refresh with a spent token", wrong_secret: "login with a wrong secret",
              unknown_authority: "refresh, the CA unknown"}
    failures = 0
    print(f"{'what':36} {'over':6} {'client':13} {'browser':9} result")
    try:
        for case, scheme, client, browser in cases:
            start = time.monotonic()
            try:
                case(server[scheme], client, browser)
                result = f"as it should ({time.monotonic() - start:.1f} s)"
            except Disagreement as disagreement:
                result = f"FAILED: {disagreement}"
                failures += 1
            print(f"{titles[case]:36} {scheme:6} {client:13} {browser:9} {result}", flush=True)
    finally:
        for each in server.values():
            each.process.terminate()
            each.process.wait()
    print(f"\n{len(cases) - failures} of {len(cases)} as they should")
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
