"""What the contestants run in: the sandbox, certificates, a server that never stops."""
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from contestant import Contestant


class Stage:
    """A temporary folder with all that runs in it."""

    def __init__(self, binaries, tools, folder):
        self.binaries, self.tools, self.folder = binaries, tools, folder
        # Without what would lead elsewhere: a real app's settings, proxies, CA files.
        kept = ("PATH", "HOME", "LANG", "TERM", "USER")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.servers = []
        self._make_certificates()
        self.browser = folder / "browser"
        self.browser.write_text('#!/bin/sh\nexec curl -sL --cacert "%s" -o /dev/null "$1"\n'
                                % (folder / "ca.pem"))
        self.browser.chmod(0o700)

    def contestant(self, name, command, **more):
        return Contestant(self, name, command, **more)

    def project(self, name, **more):
        return Project(self, name, **more)

    def close(self):
        for server in self.servers:
            server.terminate()
            server.wait()

    def etcd(self):
        """The address of an etcd that has been started."""
        program = next(path for path in (".build-tools/etcd/usr/bin/etcd", "/usr/bin/etcd")
                       if os.access(path, os.X_OK))
        own, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.servers.append(subprocess.Popen(
            [program, "--data-dir", self.folder / "etcd", "--log-level", "error",
             "--listen-client-urls", own, "--advertise-client-urls", own,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
             "--initial-cluster", f"default={peer}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment))
        port = int(own.rpartition(":")[2])
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return own
            except OSError:
                time.sleep(0.05)
        sys.exit("bench: etcd did not start")

    def libraries(self, *command, folder):
        """How many shared libraries a run loads, by what the dynamic loader says (ld.so(8))."""
        told = subprocess.run(
            [str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL,
            env={**self.environment, "LD_DEBUG": "files"}, capture_output=True, text=True).stderr
        marks = (line.partition("calling init: ")[2] for line in told.splitlines())
        return len({path for path in marks if path})

    def _make_certificates(self):
        """A private CA, and a certificate of it for 127.0.0.1."""
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

        (self.folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\n")
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem",
                "-subj", "/CN=bench CA", "-days", "2")
        openssl("req", *new_key, "-keyout", "server.key", "-out", "server.csr",
                "-subj", "/CN=127.0.0.1")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "extensions")


class Project:
    """A folder with a .env that one login has filled, and a sandbox of its own behind it."""

    def __init__(self, stage, name, lines=0, tls=False):
        self.stage, self.folder = stage, stage.folder / name
        self.folder.mkdir()
        self.environment = {"SSL_CERT_FILE": str(stage.folder / "ca.pem")} if tls else {}
        port = free_port()
        settings = self._start_sandbox(port, tls)
        filler = [f"SOME_OTHER_SETTING_{number}=its value {number}\n" for number in range(lines)]
        half = len(filler) // 2
        text = "".join(filler[:half] + settings + filler[half:])
        (self.folder / ".env").write_text(f"{text}X_OAUTH_CALLBACK_PORT={port}\n")
        self.login = [stage.binaries / "xauth", "login", "--force", "--browser", stage.browser]
        subprocess.run(
            self.login, cwd=self.folder, env={**stage.environment, **self.environment},
            stdin=subprocess.DEVNULL, capture_output=True, check=True)

    def _start_sandbox(self, port, tls):
        call = [self.stage.binaries / "xauth-sandbox", "--port", "0", "--auto-approve",
                "--redirect-uri", f"http://127.0.0.1:{port}/oauth/callback"]
        if tls:
            call += ["--tls-cert", self.stage.folder / "server.pem",
                     "--tls-key", self.stage.folder / "server.key"]
        sandbox = subprocess.Popen(call, stdout=subprocess.PIPE, text=True,
                                   env=self.stage.environment)
        self.stage.servers.append(sandbox)
        settings = []
        for line in sandbox.stdout:
            if line[0].isupper():
                settings.append(line)
            if line.startswith("CLIENT_ID="):
                return settings
        sys.exit("bench: the sandbox did not start")

    def contestant(self, name, command, **more):
        more.setdefault("environment", self.environment)
        return Contestant(self.stage, name, command, folder=self.folder, **more)

    def value(self, name):
        lines = (self.folder / ".env").read_text().splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith(f"{name}="))

    def change(self, name, value):
        path = self.folder / ".env"
        lines = path.read_text().splitlines()
        changed = [f"{name}={value}" if line.startswith(f"{name}=") else line for line in lines]
        path.write_text("\n".join(changed) + "\n")

    def expire(self):
        """Makes the access token due, and has xauth forget that it knows better."""
        shutil.rmtree(self.folder / ".env.xauth", ignore_errors=True)
        self.change("X_OAUTH2_EXPIRES_AT", int(time.time()) - 1)

    def curl(self):
        """curl's own POST; each one presents the refresh token that the one before brought."""
        body = self.folder / "body"
        client = self.value("CLIENT_ID")

        def present(token):
            body.write_text(f"grant_type=refresh_token&client_id={client}&refresh_token={token}")

        present(self.value("X_OAUTH2_REFRESH_TOKEN"))
        trust = ["--cacert", self.stage.folder / "ca.pem"] if self.environment else []
        url = self.value("X_API_BASE_URL") + "/2/oauth2/token"
        return self.contestant(
            "curl, the POST alone", ["curl", "-sf", *trust, "--data", f"@{body}", url],
            after=lambda answer: present(json.loads(answer)["refresh_token"]))


class EndlessServer:
    """Answers every request with 128 MiB, to see how much of it a client keeps."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, _ = self.socket.accept()
            with connection:
                try:
                    connection.recv(1 << 16)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                    for _ in range(2048):
                        connection.sendall(b" " * (1 << 16))
                except OSError:
                    pass  # The client has had enough.


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
