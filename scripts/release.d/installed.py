"""An xauth that is installed in a Debian, led through a grant's life there."""
import re

ENV_FILE = "/srv/.env"
LIBRARIES = ("libcurl.so.4", "libssl.so.3")


class Installed:
    def __init__(self, root, path):
        self.root, self.path = root, path
        self.trust = {}

    def __call__(self, *words, expected=0):
        return self.root.run(self.path, *words, expected=expected, environment=self._environment)

    @property
    def _name(self):
        return self.path.rpartition("/")[2]

    @property
    def _environment(self):
        return {"XAUTH_ENV_FILE": ENV_FILE, **self.trust}

    def speaks(self, version):
        """It runs, by the name that it has, and is of the release's version."""
        assert self("version") == f"{self._name} {version}\n", self("version")
        assert f"{self._name} COMMAND [OPTIONS]" in self("help"), self("help")
        return f"{self._name} {version}"

    def names_what_is_missing(self, sandbox, package):
        self._begin(sandbox)
        said = self("login", "--browser", "none", expected=4)
        assert f"apt-get install {package}\n" in said, said
        return f"exit 4, apt-get install {package}"

    def life(self, sandbox):
        """Login, token, refresh, show, revoke; tells whose libraries were opened."""
        self._begin(sandbox)
        self._login(sandbox)
        token = self("token").strip()
        assert token.startswith("sandbox-access-"), token
        opened = self._refresh()
        assert self("token").strip() != token, "nothing was rotated"
        shown = self("show", "--check")
        assert "the token of @sandbox" in shown, shown
        self("revoke")
        said = self("token", expected=3)
        assert f"{self._name} login" in said, said
        return f"login token refresh show revoke; opened {opened}"

    def _begin(self, sandbox):
        """A project that leads to the sandbox."""
        file = self.root.folder / ENV_FILE.lstrip("/")
        file.write_text("".join(f"{name}={value}\n" for name, value in sandbox.settings.items()))
        file.chmod(0o600)

    def _login(self, sandbox):
        """Signs in; the person's browser is outside, with the address from the terminal."""
        process = self.root.started(
            self.path, "login", "--browser", "none", "--timeout", "60s",
            environment=self._environment)
        said = ""
        for line in process.stderr:
            said += line
            if "/i/oauth2/authorize?" in line:
                page = sandbox.visit(line.strip())
                assert "the new tokens are saved" in page, page
        assert process.wait() == 0, f"login ended with {process.returncode}: {said[-600:]}"
        process.stdout.close()
        process.stderr.close()

    def _refresh(self):
        """Renews, and looks which libraries that takes and which packages they are of."""
        said = self.root.run(
            "env", "LD_DEBUG=libs", "LD_DEBUG_OUTPUT=/tmp/loads", self.path, "refresh", "--force",
            environment=self._environment)
        assert "renewed" in said, said
        loaded = set()
        for trace in (self.root.folder / "tmp").glob("loads.*"):
            loaded.update(re.findall(r"calling init: \S*/(\S+)", trace.read_text()))
            trace.unlink()
        assert loaded.issuperset(LIBRARIES), f"only these were opened: {sorted(loaded)}"
        return ", ".join(f"{name} of {self.root.owner(f'*/{name}')}" for name in LIBRARIES)
