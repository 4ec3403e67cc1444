"""A token endpoint that does one wrong thing to everybody who asks."""

import contextlib
import socket
import ssl
import struct
import threading
import time


class Connection:
    """What a fault has to work with: raw bytes."""

    def __init__(self, raw, server):
        self.raw = raw
        self.server = server

    def send(self, data):
        with contextlib.suppress(OSError):
            self.raw.sendall(data.encode() if isinstance(data, str) else data)

    def drip(self, data, pause, count=1):
        """A few bytes at a time, until nobody listens any more."""
        with contextlib.suppress(OSError):
            for start in range(0, len(data), count):
                self.raw.sendall(data[start:start + count])
                if self.server.closing.wait(pause):
                    return

    def flood(self, chunk, seconds=30):
        """The same over and over."""
        end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            while time.monotonic() < end and not self.server.closing.is_set():
                self.raw.sendall(chunk)
                self.server.sent += len(chunk)

    def wait(self, seconds):
        self.server.closing.wait(seconds)

    def reset(self):
        """Ends the connection without a farewell (RST)."""
        with contextlib.suppress(OSError):
            self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.raw.close()

    def request(self):
        """Reads a whole request; its bytes, empty if there is none."""
        data = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in data:
                part = self.raw.recv(65536)
                if not part:
                    return data
                data += part
            head, _, body = data.partition(b"\r\n\r\n")
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.strip().lower() == b"content-length":
                    length = int(value)
            while len(body) < length:
                part = self.raw.recv(65536)
                if not part:
                    break
                body += part
            data = head + b"\r\n\r\n" + body
        return data


class FaultServer:
    """Listens on a port of its own; `fault` gets each connection once the request is in, or at once
    with `early`."""

    def __init__(self, fault, identity=None, early=False, highest=None):
        self.fault = fault
        self.early = early
        self.requests = []
        self.connections = 0
        self.sent = 0
        self.closing = threading.Event()
        self.context = None
        if identity:
            chain, key = identity
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            if highest:
                self.context.set_ciphers("ALL:@SECLEVEL=0")
                self.context.minimum_version = ssl.TLSVersion.TLSv1
                self.context.maximum_version = highest
            self.context.load_cert_chain(chain, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        scheme = "https" if identity else "http"
        self.address = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        raw.settimeout(40)
        with contextlib.suppress(OSError, ValueError):
            if self.context:
                raw = self.context.wrap_socket(raw, server_side=True)
            connection = Connection(raw, self)
            if not self.early:
                request = connection.request()
                if request:
                    self.requests.append(request)
            self.fault(connection)
            # Read to the end, so that closing doesn't reset what was just written.
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(2)
                while raw.recv(65536):
                    pass
        with contextlib.suppress(OSError):
            raw.close()

    def close(self):
        self.closing.set()
        self.listener.close()
