"""A Debian with nothing in it, made by debootstrap, to install into and to throw away."""
import os
import shutil
import subprocess

# Its own mounts: whatever happens, none is left behind.
ENTER = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
    "LANG": "C.UTF-8"}
# What the package tools keep for themselves.
BOOKKEEPING = ("proc", "tmp", "var/cache", "var/lib/apt", "var/lib/dpkg", "var/log")


class DebianRoot:
    """A folder to call programs in, as root of its own file system, with this machine's network."""

    def __init__(self, folder):
        self.folder = folder

    @classmethod
    def made(cls, suite, folder, cache):
        """The bare system, from an archive of it if there is one, with today's package lists."""
        archive = cache / f"{suite}.tar"
        if not archive.exists():
            subprocess.run(["debootstrap", "--variant=minbase", suite, folder], check=True,
                           stdout=subprocess.DEVNULL)
            cache.mkdir(parents=True, exist_ok=True)
            part = archive.with_suffix(".part")
            subprocess.run(
                ["tar", "-C", folder, "--one-file-system", "-cf", part, "."], check=True)
            part.rename(archive)
        else:
            folder.mkdir()
            subprocess.run(["tar", "-C", folder, "-xpf", archive], check=True)
        root = cls(folder)
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        root.apt("update")
        return root

    def copied(self, folder):
        subprocess.run(["cp", "-a", "--reflink=auto", self.folder, folder], check=True)
        return DebianRoot(folder)

    def started(self, *words, environment=(), under=()):
        """Starts a program in here; under another one of this machine, such as strace."""
        return subprocess.Popen(
            [*under, "unshare", "--mount", "sh", "-c", ENTER, "sh", self.folder, *words],
            env={**ENVIRONMENT, **dict(environment)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words, expected=0, environment=(), under=()):
        """Runs a program in here, which must end with this code; returns all that it printed."""
        process = self.started(*words, environment=environment, under=under)
        try:
            output, errors = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"'{' '.join(words)}' came to no end") from None
        assert process.returncode == expected, (
            f"'{' '.join(words)}' ended with {process.returncode}, not {expected}: "
            f"{(output + errors)[-600:]}")
        return output + errors

    def apt(self, *words):
        proxies = {name: value for name, value in os.environ.items()
                   if name.lower().endswith("_proxy")}
        return self.run("apt-get", "--quiet=2", "--yes", "--no-install-recommends", *words,
                        environment={**proxies, "DEBIAN_FRONTEND": "noninteractive"})

    def install(self, *packages):
        """Installs packages, by name or file; returns those that are new with it."""
        before = self._packages()
        self.apt("install", *packages)
        return "new: " + " ".join(sorted(self._packages() - before))

    def _packages(self):
        return set(self.run("dpkg-query", "-W", "-f", "${Package}\n").split())

    def owner(self, path):
        """The package that a file belongs to."""
        return self.run("dpkg-query", "--search", path).partition(":")[0]

    def files(self):
        """Every file, link and folder, without the books of the package tools."""
        found = set()
        for place, folders, names in os.walk(self.folder):
            inside = os.path.relpath(place, self.folder)
            folders[:] = [each for each in folders
                          if os.path.normpath(f"{inside}/{each}") not in BOOKKEEPING]
            found.update(os.path.normpath(f"{inside}/{each}") for each in [*folders, *names])
        return found

    def take(self, file, place="tmp"):
        """Copies a file of this machine in here; returns its path inside."""
        shutil.copy(file, self.folder / place / file.name)
        return f"/{place}/{file.name}"
