"""An xauth that is installed in a Debian, led through a grant's life there."""
import re

ENV_FILE = "/srv/.env"
LIBRARIES = ("libcurl.so.4", "libssl.so.3")


# What any program opens, and what ours opens that it may: the loader and the C library, the places of
# authorities, and the project.
OURS = re.compile(
    r"/(usr/)?lib(64)?/.*\.so(\.[0-9]+)*$|/(proc|dev|srv|usr/lib/locale|usr/share/zoneinfo)(/|$)"
    r"|/etc/(ld\.so\.(cache|preload)|localtime|passwd|group|nsswitch\.conf|resolv\.conf|hosts"
    r"|host\.conf|gai\.conf|services)$"
    r"|/etc/ssl/certs(/|$)|/sys/devices/system/cpu(/|$)|(/var)?/run/nscd|/$")


class Installed:
    """A program by its path in there, with the libraries of that system, or with its own."""

    def __init__(self, root, path, has_own_libraries=False):
        self.root, self.path, self.has_own_libraries = root, path, has_own_libraries
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

    def names_libraries(self):
        said = self("version", "--verbose").splitlines()[1:]
        assert all(" linked in, of 2" in line for line in said) and len(said) == 2, said
        return "; ".join(said)

    def misses_authorities(self, sandbox):
        self._begin(sandbox)
        said = self("doctor", expected=4)
        assert "this system has no certificate authorities" in said, said
        return "doctor: exit 4, install ca-certificates, or set SSL_CERT_FILE"

    def opens_nothing_else(self, sandbox):
        """Renews over https while each file that is opened, or looked for, is noted."""
        self._begin(sandbox)
        self._login(sandbox)
        log = self.root.folder.parent / "opened"
        said = self.root.run(
            self.path, "refresh", "--force",
            environment={**self._environment, "OPENSSL_CONF": "/opt/openssl.cnf"},
            under=["strace", "-f", "-o", log, "-e", "trace=open,openat,execve"])
        assert "renewed" in said, said
        # From where it is started; before, it is unshare and chroot.
        _, started, trace = log.read_text().partition(f'execve("{self.path}"')
        assert started, "it wasn't traced"
        opened = set(re.findall(r'open(?:at)?\((?:[^,"]*, )?"([^"]+)"', trace))
        assert "journal" in opened, sorted(opened)
        foreign = {path for path in opened if path.startswith("/") and not OURS.match(path)}
        foreign -= set(self.trust.values())
        assert not foreign, sorted(foreign)
        return "of /etc: " + ", ".join(sorted(path for path in opened if path.startswith("/etc/")))

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
        if self.has_own_libraries:
            foreign = sorted(name for name in loaded if re.match("lib(ssl|crypto|curl|stdc)", name))
            assert loaded and not foreign, f"these were opened: {sorted(loaded)}"
            return "none"
        assert loaded.issuperset(LIBRARIES), f"only these were opened: {sorted(loaded)}"
        return ", ".join(f"{name} of {self.root.owner(f'*/{name}')}" for name in LIBRARIES)
