"""Certificates of every kind, made with openssl(1)."""

import pathlib
import shutil
import subprocess
import tempfile


class Certificates:
    """An authority that the tool trusts, another that it doesn't, and servers of both."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="xauth-torture-"))
        self.authority = self._authority("authority")
        self._authority("stranger")
        loopback = "subjectAltName=IP:127.0.0.1,DNS:localhost"
        self._server("good", "authority", loopback)
        self._server("expired", "authority", loopback, "20200101000000Z", "20210101000000Z")
        self._server("early", "authority", loopback, "20900101000000Z", "20910101000000Z")
        self._server("elsewhere", "authority", "subjectAltName=DNS:elsewhere.example")
        self._server("foreign", "stranger", loopback)
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", self.key("selfsigned"), "-out", self.chain("selfsigned"), "-days", "2",
            "-subj", "/CN=localhost", "-addext", loopback)

    def key(self, name):
        return str(self.folder / f"{name}.key")

    def chain(self, name):
        return str(self.folder / f"{name}.pem")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _authority(self, name):
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", self.key(name), "-out", self.chain(name), "-days", "2", "-subj",
            f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE")
        return self.chain(name)

    def _server(self, name, authority, addition, begin=None, end=None):
        request, extension = self.folder / "request", self.folder / "extension"
        extension.write_text(addition + "\n")
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            self.key(name), "-out", str(request), "-subj", f"/CN={name}")
        if begin is None:
            self._openssl(
                "x509", "-req", "-in", str(request), "-CA", self.chain(authority), "-CAkey",
                self.key(authority), "-CAcreateserial", "-days", "2", "-extfile", str(extension),
                "-out", self.chain(name))
            return
        # Only `openssl ca` takes dates.
        (self.folder / "index").write_text("")
        (self.folder / "serial").write_text("1000\n")
        config = self.folder / "config"
        config.write_text(
            "[ca]\ndefault_ca=any\n[any]\n"
            f"database={self.folder}/index\nserial={self.folder}/serial\n"
            f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=any_name\n"
            "unique_subject=no\n[any_name]\ncommonName=supplied\n")
        self._openssl(
            "ca", "-batch", "-notext", "-config", str(config), "-in", str(request), "-cert",
            self.chain(authority), "-keyfile", self.key(authority), "-startdate", begin, "-enddate",
            end, "-extfile", str(extension), "-out", self.chain(name))

    def _openssl(self, *arguments):
        subprocess.run(
            ["openssl", *arguments], check=True, stdin=subprocess.DEVNULL, capture_output=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)})
