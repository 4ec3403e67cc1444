"""Installs what a release consists of in a clean Debian, runs it there and takes it away again.

Prints a table of what was done and seen, and fails if anything was otherwise than it should be.
"""
import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from debian_root import DebianRoot
from installed import ENV_FILE, Installed
from peer import Authority, Sandbox

SUITES = ("bullseye", "bookworm", "trixie")
# The package is for the system that it was made on.
SUITE = "bookworm"
X11 = "/usr/bin/xauth"
# Otherwise what came along stays if another package could make use of it.
NOBODY_SUGGESTS = ("-o", "APT::AutoRemove::SuggestsImportant=false",
                   "-o", "APT::AutoRemove::RecommendsImportant=false")


class Table:
    def __init__(self):
        self.lines = self.failures = 0
        print(f"{'what':8} {'where':17} {'done':32} seen")

    def line(self, what, where, done, call, *arguments):
        """Does one thing; what it returns was seen."""
        self.lines += 1
        try:
            seen = call(*arguments)
        except (AssertionError, subprocess.SubprocessError, OSError) as error:
            self.failures += 1
            seen = f"FAILED: {' '.join(str(error).split())[:800]}"
        print(f"{what:8} {where:17} {done:32} {seen}", flush=True)


class Release:
    """The files of one release."""

    def __init__(self, folder):
        self.folder = folder
        self.tarball, self.package, self.wheel = (
            self._one(pattern)
            for pattern in ("xauth-*.tar.gz", "x-auth_*.deb", "xauth_cli-*-manylinux_*.whl"))
        # xauth-VERSION-linux-MACHINE
        self.name = self.tarball.name.removesuffix(".tar.gz")
        self.version = self.name.removeprefix("xauth-").rpartition("-linux-")[0]

    def _one(self, pattern):
        found = list(self.folder.glob(pattern))
        if len(found) != 1:
            sys.exit(f"release: {len(found)} files {pattern} in {self.folder}, one is needed")
        return found[0]

    def sums(self):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
                       cwd=self.folder, check=True, capture_output=True)
        return f"{self.tarball.name}, {self.package.name}, {self.wheel.name}"

    def lintian(self):
        ended = subprocess.run(
            ["lintian", "--allow-root", "--display-info", "--tag-display-limit", "0",
             "--fail-on", "error,warning", self.package], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        tags = Counter(line.split()[2] for line in ended.stdout.splitlines() if line[:2] == "I:")
        return "no error, no warning; info: " + ", ".join(
            f"{tag} ({count})" for tag, count in sorted(tags.items()))


def ours(root):
    return {path for path in root.files() if "xauth" in path or "x-auth" in path}


def forget_project(root):
    root.run("rm", "-rf", ENV_FILE, f"{ENV_FILE}.xauth")


def try_tarball(table, release, suite, root, peers):
    def line(*words):
        table.line("tarball", suite, *words)

    program = Installed(root, "/usr/local/bin/xauth", has_own_libraries=True)
    before, folder = ours(root), f"/opt/{release.name}"

    def unpack():
        root.run("tar", "-xzf", root.take(release.tarball), "-C", "/opt")
        root.run(f"{folder}/scripts/install")
        return ", ".join(sorted(path.name for path in (root.folder / folder[1:]).iterdir()))

    def trust_system_wide():
        root.install("ca-certificates")
        root.run("cp", root.take(peers["authority"].ca), "/usr/local/share/ca-certificates/")
        root.run("update-ca-certificates")
        program.trust = {}
        return program.life(peers["https"])

    def take_away():
        forget_project(root)
        root.run(f"{folder}/scripts/uninstall")
        root.run("rm", "-r", folder, f"/tmp/{release.tarball.name}")
        left = {path for path in ours(root) - before if peers["authority"].ca.stem not in path}
        assert not left, left
        return "none of its files is left"

    line("unpack, scripts/install", unpack)
    line("version, help", program.speaks, release.version)
    line("version --verbose", program.names_libraries)
    line("doctor, no authorities there", program.misses_authorities, peers["https"])
    line("a grant's life, http", program.life, peers["http"])
    program.trust = {"SSL_CERT_FILE": root.take(peers["authority"].ca)}
    line("a grant's life, https", program.life, peers["https"])
    line("refresh, its files", program.opens_nothing_else, peers["https"])
    line("https, the system's authorities", trust_system_wide)
    line("scripts/uninstall", take_away)


def try_wheel(table, release, suite, root, peers):
    def line(*words):
        table.line("wheel", suite, *words)

    program = Installed(root, "/opt/venv/bin/x-auth", has_own_libraries=True)

    def install():
        root.install("python3-venv")
        root.run("python3", "-m", "venv", "/opt/venv")
        root.run("/opt/venv/bin/pip", "install", "--no-index", root.take(release.wheel))
        assert (root.folder / "opt/venv/share/man/man1/x-auth.1").exists()
        return root.run("/opt/venv/bin/pip", "--version").split(" from ")[0]

    def remove():
        root.run("/opt/venv/bin/pip", "uninstall", "--yes", "xauth-cli")
        left = [path for path in ours(root) if path.startswith("opt/")]
        assert not left, left
        return "none of its files is left"

    line("pip install", install)
    line("version, help", program.speaks, release.version)
    line("a grant's life, http", program.life, peers["http"])
    line("pip uninstall", remove)


def try_package(table, release, suite, root, peers):
    def line(*words):
        table.line("package", suite, *words)

    program = Installed(root, "/usr/bin/x-auth")
    package, authority = root.take(release.package), root.take(peers["authority"].ca)
    before = root.files()

    def trust_system_wide():
        root.install("ca-certificates")
        root.run("cp", authority, "/usr/local/share/ca-certificates/")
        root.run("update-ca-certificates")
        program.trust = {}
        return program.life(peers["https"])

    def remove():
        root.apt("remove", "x-auth")
        assert (root.folder / ENV_FILE[1:]).exists(), "the tokens' file is gone"
        left = [path for path in ours(root) if path.startswith("usr/") and "x-auth" in path]
        assert not left, left
        return "none of its files is left, the .env is"

    def remove_all():
        forget_project(root)
        root.run("rm", f"/usr/local/share/ca-certificates/{peers['authority'].ca.name}")
        root.run("update-ca-certificates", "--fresh")
        root.apt("autoremove", "--purge", "ca-certificates", *NOBODY_SUGGESTS)
        left = root.files() - before
        assert not left, sorted(left)
        return "as before the installation, file by file"

    line("apt-get install", root.install, package)
    line("version, help", program.speaks, release.version)
    line("a grant's life, http", program.life, peers["http"])
    program.trust = {"SSL_CERT_FILE": authority}
    line("a grant's life, https", program.life, peers["https"])
    line("https, the system's authorities", trust_system_wide)
    line("apt-get remove", remove)
    line("apt-get autoremove", remove_all)


def try_beside_x11(table, release, suite, root, peers):
    def line(*words):
        table.line("package", f"{suite} with X11", *words)

    program = Installed(root, "/usr/bin/x-auth")
    x11 = root.folder / X11[1:]

    def digest():
        return hashlib.sha256(x11.read_bytes()).hexdigest()

    line("apt-get install xauth man-db", root.install, "xauth", "man-db")
    original = digest()

    def unharmed():
        assert digest() == original and root.owner(X11) == "xauth"
        return f"{X11} is X11's, version {root.run('xauth', 'version').split()[0]}"

    def pages():
        path = root.run("man", "-w", "x-auth").strip()
        assert root.owner(path) == "x-auth" and "X-AUTH(1)" in root.run("man", "x-auth")
        assert root.owner(root.run("man", "-w", "xauth").strip()) == "xauth"
        return path

    def remove():
        root.apt("purge", "x-auth")
        assert not list(root.folder.glob("usr/**/*x-auth*"))
        return unharmed()

    line("apt-get install", root.install, root.take(release.package))
    line("version, help", program.speaks, release.version)
    line("xauth version", unharmed)
    line("man -w x-auth, man -w xauth", pages)
    line("a grant's life, http", program.life, peers["http"])
    line("apt-get purge", remove)


def main():
    options = argparse.ArgumentParser(prog="scripts/release --verify")
    options.add_argument("--folder", type=Path, required=True)
    options.add_argument("--cache", type=Path, required=True)
    options.add_argument("--bin", type=Path, required=True)
    options = options.parse_args()
    release = Release(options.folder)
    sandbox = options.bin.resolve() / "xauth-sandbox"
    with tempfile.TemporaryDirectory(prefix="xauth-release-") as work:
        work = Path(work)
        authority = Authority(work)
        print(f"{release.name}\n")
        with Sandbox(sandbox) as http, Sandbox(sandbox, authority) as https:
            peers = {"http": http, "https": https, "authority": authority}
            table = Table()
            table.line("release", "here", "sha256sum --check", release.sums)
            table.line("package", "here", "lintian", release.lintian)
            for suite in SUITES:
                bare = DebianRoot.made(suite, work / suite, options.cache.resolve())
                trials = [try_tarball, try_wheel]
                if suite == SUITE:
                    trials += [try_package, try_beside_x11]
                for number, each in enumerate(trials):
                    root = bare.copied(work / f"{suite}{number}")
                    each(table, release, suite, root, peers)
                    shutil.rmtree(root.folder)
                shutil.rmtree(bare.folder)
    print(f"\n{table.lines - table.failures} of {table.lines} as they should")
    sys.exit(1 if table.failures else 0)


main()
