"""Packs what scripts/install has put into a folder as a wheel, from which pip installs the program itself:
no Python runs when it is called (PyPA, "Binary distribution format").
"""
import argparse
import base64
import hashlib
import os
import platform
import re
import time
import zipfile
from pathlib import Path

PROJECT = "xauth-cli"
SUMMARY = "OAuth 2.0 user token for X (Twitter), kept alive in a .env file"


def metadata(options):
    lines = ["Metadata-Version: 2.1", f"Name: {PROJECT}", f"Version: {options.pep440}",
             f"Summary: {SUMMARY}", "Description-Content-Type: text/markdown"]
    if options.homepage:
        lines.append(f"Project-URL: Homepage, {options.homepage}")
    return "\n".join(lines) + "\n\n" + Path("README.md").read_text()


def entries(options, name):
    """Each file's name in the wheel, its mode and its bytes."""
    for file in sorted(path for path in options.tree.rglob("*") if path.is_file()):
        place = file.relative_to(options.tree).as_posix()
        program = place.startswith("bin/")
        place = place.replace("bin/", "scripts/", 1) if program else f"data/{place}"
        yield f"{name}.data/{place}", 0o755 if program else 0o644, file.read_bytes()
    about = f"{name}.dist-info"
    yield f"{about}/METADATA", 0o644, metadata(options).encode()
    yield f"{about}/WHEEL", 0o644, (
        "Wheel-Version: 1.0\nGenerator: xauth\nRoot-Is-Purelib: false\n"
        f"Tag: {options.tag}\n").encode()
    licenses = sorted(Path(options.licenses).iterdir()) if options.licenses else []
    for file in [*licenses, *(each for each in [Path("LICENSE")] if each.exists())]:
        yield f"{about}/licenses/{file.name}", 0o644, file.read_bytes()


def record(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def main():
    options = argparse.ArgumentParser(prog="wheel.py")
    options.add_argument("--version", required=True)
    options.add_argument("--homepage", default="")
    options.add_argument("--glibc", default="", help="the oldest that will do; empty: this system's")
    options.add_argument("--licenses", default="", help="a folder of those of what is linked in")
    options.add_argument("tree", type=Path)
    options.add_argument("folder", type=Path)
    options = options.parse_args()
    # 1.2.0-rc.1 is 1.2.0rc1 there (PEP 440).
    options.pep440 = re.sub(r"-(a|b|rc)[a-z]*\.", r"\1", options.version)
    system = f"manylinux_{options.glibc.replace('.', '_')}" if options.glibc else "linux"
    options.tag = f"py3-none-{system}_{platform.machine()}"

    name = f"{PROJECT.replace('-', '_')}-{options.pep440}"
    # A zip file has no earlier year.
    when = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315_532_800))[:6]
    records = ""
    with zipfile.ZipFile(options.folder / f"{name}-{options.tag}.whl", "w") as wheel:
        def add(path, mode, content):
            entry = zipfile.ZipInfo(path, when)
            entry.create_system = 3  # Unix, which has modes
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content, compresslevel=9)

        for path, mode, content in entries(options, name):
            add(path, mode, content)
            records += record(path, content)
        # It is in its own list, without a digest.
        path = f"{name}.dist-info/RECORD"
        add(path, 0o644, f"{records}{path},,\n".encode())


main()
