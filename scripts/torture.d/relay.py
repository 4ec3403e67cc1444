"""What stands between a tool and the sandbox: it hands on, loses, or puts another answer in its place."""

import contextlib
import socket
import threading


def _message(connection):
    """One whole message of HTTP/1.1 with a Content-Length, or without a body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            break
        body += more
    return head + b"\r\n\r\n" + body


class Relay:
    """Listens on a port of its own. `decide` gets a request and says what becomes of it: None hands it
    on, "lose" keeps the answer back, "drop" the request too, bytes are the answer."""

    def __init__(self, sandbox, decide=lambda request: None):
        self.sandbox = sandbox
        self.decide = decide
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            request = _message(connection)
            if not request:
                return
            what = self.decide(request)
            if what == "drop":
                return
            if isinstance(what, bytes):
                connection.sendall(what)
                return
            address = (self.sandbox.host, self.sandbox.port)
            with socket.create_connection(address, timeout=30) as onward:
                onward.sendall(request)
                answer = _message(onward)
            if what != "lose":
                connection.sendall(answer)

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
