"""A sandbox, a project with a `.env`, and runs of the tool: what every section works with."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import resource
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

import journal

KEYS = (
    "X_OAUTH2_ACCESS_TOKEN",
    "X_OAUTH2_REFRESH_TOKEN",
    "X_OAUTH2_EXPIRES_AT",
    "X_OAUTH2_GRANTED_SCOPES",
)
SCOPES = "users.read tweet.read offline.access"
REDIRECT = "http://127.0.0.1:8976/oauth/callback"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Run:
    """How one run of a program ended."""

    def __init__(self, status, output, errors, seconds, peak_kib):
        self.status = status
        self.output = output
        self.errors = errors
        self.seconds = seconds
        self.peak_kib = peak_kib

    @property
    def code(self):
        """The failure's code in the JSON of `--json`; None after success."""
        try:
            return json.loads(self.output)["error"]["code"]
        except (ValueError, KeyError, TypeError):
            return None

    def __str__(self):
        text = (self.output + self.errors).decode(errors="replace").strip()
        return f"exit {self.status}: {text[:400]}"


def environment(**more):
    """Nothing of this machine's but a PATH."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **more}


def run(arguments, env=None, folder=None, seconds=60):
    """Runs a program to its end, at most `seconds`: then it is killed, and the status is -9."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            env=env or environment(), cwd=folder, start_new_session=True,
        )
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Run(
            process.returncode, output.read(4 << 20), errors.read(4 << 20),
            time.monotonic() - start, usage.ru_maxrss,
        )


class Sandbox:
    """An xauth-sandbox of one's own, and its log."""

    def __init__(self, binaries, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.log = self.folder / "log"
        self._offset = 0
        self._process = subprocess.Popen(
            [f"{binaries}/xauth-sandbox", "--port", "0", "--auto-approve", "--log", str(self.log),
             *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(),
        )
        line = self._process.stdout.readline().decode()
        self.address = line.split()[-1]
        parts = urllib.parse.urlsplit(self.address)
        self.host, self.port = parts.hostname, parts.port

    def close(self):
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def grant(self, account=None):
        """A new grant, as another client would get it: access token, refresh token."""
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": "sandbox-client", "redirect_uri": REDIRECT,
            "scope": SCOPES, "state": "torture", "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        })
        _, headers, _ = self.request(
            "GET", f"/i/oauth2/authorize?{query}",
            headers={"Cookie": f"sandbox-account={account}"} if account else {})
        back = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)
        form = urllib.parse.urlencode({
            "grant_type": "authorization_code", "code": back["code"][0],
            "redirect_uri": REDIRECT, "client_id": "sandbox-client", "code_verifier": verifier,
        })
        _, _, body = self.request(
            "POST", "/2/oauth2/token", form,
            {"Content-Type": "application/x-www-form-urlencoded"})
        answer = json.loads(body)
        return answer["access_token"], answer["refresh_token"]

    def renew(self, refresh_token):
        """The next pair of a grant, as another client would get it."""
        form = urllib.parse.urlencode({
            "grant_type": "refresh_token", "refresh_token": refresh_token,
            "client_id": "sandbox-client"})
        _, _, body = self.request(
            "POST", "/2/oauth2/token", form,
            {"Content-Type": "application/x-www-form-urlencoded"})
        answer = json.loads(body)
        return answer["access_token"], answer["refresh_token"]

    def accepts(self, access_token):
        """Whether the access token is alive."""
        status, _, _ = self.request(
            "GET", "/2/users/me", headers={"Authorization": f"Bearer {access_token}"})
        return status == 200

    def all_events(self):
        with contextlib.suppress(FileNotFoundError):
            return [json.loads(line) for line in self.log.read_text().splitlines()]
        return []

    def new_events(self, *outcomes):
        """What happened since the last call, of these outcomes."""
        events = []
        with contextlib.suppress(FileNotFoundError), open(self.log, encoding="utf-8") as log:
            log.seek(self._offset)
            for line in log:
                if line.endswith("\n"):
                    self._offset += len(line.encode())
                    events.append(json.loads(line))
        return [event for event in events if not outcomes or event["outcome"] in outcomes]


class Project:
    """A folder with a `.env` whose other lines must never change."""

    def __init__(self, address, access, refresh, folder=None, in_place=False, seconds_left=600,
                 port=8976):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="xauth-torture-"))
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.file = self.folder / ".env"
        self.state = self.folder / ".env.xauth"
        self.in_place = in_place
        self.template = (
            "# kept as it is: X_OAUTH2_ACCESS_TOKEN=no\n"
            "OTHER=\"a 'quoted' # value\"\n"
            "CLIENT_ID=sandbox-client\n"
            f"X_API_BASE_URL={address}\n"
            f"X_OAUTH2_AUTHORIZE_URL={address}/i/oauth2/authorize\n"
            f"X_OAUTH_CALLBACK_PORT={port}\n"
            f"X_OAUTH2_SCOPES={SCOPES.replace(' ', ',')}\n"
            "\n"
            "X_OAUTH2_ACCESS_TOKEN=\n"
            "X_OAUTH2_REFRESH_TOKEN=\n"
            "X_OAUTH2_EXPIRES_AT=\n"
            "X_OAUTH2_GRANTED_SCOPES=\n"
            "export LAST='one\nmore' # note\n"
        )
        self.write(access, refresh, int(time.time()) + seconds_left)
        if in_place:
            # A second name can't be kept by a replacement: the file is written over.
            os.link(self.file, self.folder / ".env.link")
        self.access, self.refresh = access, refresh

    def text(self, access, refresh, expires, scopes=SCOPES.replace(" ", ",")):
        text = self.template
        for key, value in zip(KEYS, (access, refresh, expires, scopes)):
            text = text.replace(f"\n{key}=\n", f"\n{key}={value}\n")
        return text

    def write(self, access, refresh, expires):
        self.file.write_text(self.text(access, refresh, expires))
        self.file.chmod(0o600)

    def read(self):
        return self.file.read_text()

    def values(self, text=None):
        """The four values in a text of the file; None if the text isn't whole."""
        text = self.read() if text is None else text
        values, rest = [], []
        for line in text.split("\n"):
            key, _, value = line.partition("=")
            if key in KEYS:
                values.append((key, value))
                rest.append(f"{key}=")
            else:
                rest.append(line)
        if "\n".join(rest) != self.template or [key for key, _ in values] != list(KEYS):
            return None
        return tuple(value for _, value in values)

    def is_whole(self, text=None):
        """Whether all of the file is there: every other line, and both tokens or none."""
        values = self.values(text)
        return values is not None and bool(values[0]) == bool(values[1])

    def litter(self):
        """What is in the folders that no run should have left there."""
        kept = {".env", ".env.xauth", ".env.link"}
        found = [name for name in os.listdir(self.folder)
                 if name not in kept and name != "lost+found"]
        if self.state.exists():
            for entry in self.state.iterdir():
                if entry.name in {"lock", "journal", ".gitignore", "hook"}:
                    continue
                # They stay until it is known what became of an attempt, and are removed with the next.
                if entry.name.startswith(("claim.", "unanswered.")):
                    continue
                if entry.name == "image" and entry.stat().st_size == 0:
                    continue
                found.append(f".env.xauth/{entry.name}")
        return found

    def record(self):
        """The journal's newest record; None when there is none."""
        return journal.newest(self.state / "journal")

    def is_claimed(self):
        """Whether a run has claimed the file's token: nobody knows what for, if it says nothing more."""
        values = self.values(self.read())
        token = values[1] if values else None
        if not token:
            return False
        digest = hashlib.sha256(token.encode()).hexdigest()[:16]
        return any(self.state.glob(f"claim.{digest}.*"))

    def journal_holds(self, *texts):
        """Whether any of the texts is anywhere in the journal, in an older record too."""
        try:
            data = (self.state / "journal").read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return any(text.encode() in data for text in texts)

    def age(self, seconds=7200):
        """Makes it so much later, as far as file and journal can tell."""
        text = self.read()
        values = self.values(text)
        if values and values[2]:
            text = text.replace(
                f"\nX_OAUTH2_EXPIRES_AT={values[2]}\n",
                f"\nX_OAUTH2_EXPIRES_AT={int(values[2]) - seconds}\n")
            with open(self.file, "r+", encoding="utf-8") as file:
                file.write(text)
        journal.age(self.state / "journal", seconds)

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class Tool:
    """The program under torture."""

    def __init__(self, binaries):
        self.path = f"{binaries}/xauth"

    def run(self, project, *arguments, under=(), env=None, seconds=60):
        return run(
            [*under, self.path, *arguments, "--env-file", str(project.file)],
            env=environment(HOME=str(project.home), **(env or {})),
            folder=project.folder, seconds=seconds)


def at_most_open_files(count=4096):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
