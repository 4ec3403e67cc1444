"""The sandbox as a peer of programs that are being tried, and a person with a browser."""
import http.cookiejar
import socket
import ssl
import subprocess
import urllib.request


class Authority:
    """A private CA and its certificate for 127.0.0.1."""

    def __init__(self, folder):
        self.ca, self.certificate = folder / "xauth-release-ca.crt", folder / "server.pem"
        self.key = folder / "server.key"
        ca_key = folder / "ca.key"
        self._make(ca_key, self.ca, "/CN=xauth release CA")
        self._make(self.key, self.certificate, "/CN=127.0.0.1", "-CA", self.ca, "-CAkey", ca_key,
                   "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE")

    @staticmethod
    def _make(key, certificate, subject, *more):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", subject, "-keyout", key, "-out", certificate, *more],
            check=True, capture_output=True)


class Sandbox:
    """X's stand-in on this machine, over http or, with an authority, over https."""

    def __init__(self, program, authority=None):
        self.scheme = "https" if authority else "http"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        call = [program, "--port", "0", "--auto-approve", "--client-secret", "a-secret",
                "--redirect-uri", f"http://127.0.0.1:{port}/oauth/callback"]
        if authority:
            call += ["--tls-cert", authority.certificate, "--tls-key", authority.key]
        self.process = subprocess.Popen(
            call, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.settings = {"X_OAUTH_CALLBACK_PORT": str(port), "CLIENT_SECRET": "a-secret"}
        for line in self.process.stdout:
            name, equals, value = line.strip().partition("=")
            if equals and name.isupper():
                self.settings[name] = value
            # The last of them.
            if name == "CLIENT_ID":
                break
        assert "CLIENT_ID" in self.settings, "the sandbox did not start"
        context = ssl.create_default_context(cafile=authority.ca) if authority else None
        self.browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def visit(self, url):
        """Opens an address, goes where it leads, and returns the page there."""
        with self.browser.open(url, timeout=30) as answer:
            return answer.read().decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
