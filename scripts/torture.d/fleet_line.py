"""The line from a host to a server, which hands on, cuts, loses, delays, and answers wrongly."""

import base64
import contextlib
import http.client
import http.server
import json
import socket
import struct
import threading
import time

#: What a line does with one request. Before the server: "cut" (nothing gets through), "late" (it gets
#: through when everybody has given up), "hang", "unavailable". Behind it: "lose" (the answer), "error",
#: "junk", "bare" (an answer of nobody's). "slow" is no fault.
BEFORE, BEHIND = ("cut", "late", "hang", "unavailable"), ("lose", "error", "junk", "bare")


class Line:
    """From one host to a server. `decide` says what becomes of a request, by its kind and number:
    None, or one of the faults."""

    def __init__(self, server, note, name):
        self.decide = lambda kind, number: None
        self.count = 0
        self.sends = 0
        self._server, self._note, self._name = server, note, name
        self._late = []
        self.healed = threading.Event()
        self._listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._listener.daemon_threads = True
        # Those who were killed don't say goodbye.
        self._listener.handle_error = lambda *_: None
        self.address = f"http://127.0.0.1:{self._listener.server_port}"
        threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True).start()

    def _handler(self):
        line = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            log_message = lambda *_: None

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = (self.command, self.path, body, dict(self.headers))
                answer = line.passed(*request)
                if answer is None:
                    self.close_connection = True
                    with contextlib.suppress(OSError):
                        self.connection.setsockopt(
                            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                status, headers, data = answer
                kept = "".join(f"{name}: {value}\r\n" for name, value in headers if name.lower()
                               not in ("content-length", "transfer-encoding", "connection"))
                with contextlib.suppress(OSError):
                    # One write: two would wait for each other.
                    self.connection.sendall(
                        f"HTTP/1.1 {status} Said\r\n{kept}Content-Length: {len(data)}\r\n\r\n"
                        .encode() + data)

            do_GET = do_POST = answer

        return Handler

    def passed(self, method, path, body, headers):
        """The answer, None if the line is cut."""
        kind = path.rpartition("/")[2]
        self.count += 1
        fault = self.decide(kind, self.count)
        self._note(f"{self._name}{kind}{said(kind, body)}{f' ({fault})' if fault else ''}")
        if fault == "slow":
            time.sleep(0.3)
        elif fault == "hang":
            self.healed.wait(60)
            return None
        elif fault == "late":
            self._late.append((method, path, body, headers))
            return None
        elif fault == "cut":
            return None
        elif fault == "unavailable":
            return 503, [], b'{"error":"etcdserver: no leader","code":14}'
        answer = self._onward(method, path, body, headers)
        if fault == "error":
            return 504, [], b'{"error":"etcdserver: request timed out","code":14}'
        if fault == "bare":
            return 200, [("Content-Type", "application/json")], b"{}"
        if fault == "junk":
            return 200, [("Content-Type", "text/html")], b"<html>Please sign in to this network"
        return None if fault == "lose" else answer

    def _onward(self, method, path, body, headers):
        connection = http.client.HTTPConnection(self._server.host, self._server.port, timeout=30)
        try:
            connection.request(method, path, body, {
                name: value for name, value in headers.items()
                if name.lower() not in ("host", "content-length", "connection", "expect")})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def deliver(self):
        """What was late arrives."""
        late, self._late = self._late, []
        for request in late:
            self._note(f"{self._name}late {request[1].rpartition('/')[2]} arrives")
            self._onward(*request)

    def heal(self):
        """All is well again."""
        self.decide = lambda kind, number: None
        self.count = 0
        self.healed.set()
        self.healed = threading.Event()
        self.deliver()

    def close(self):
        self.healed.set()
        self._listener.shutdown()
        self._listener.server_close()


def said(kind, body):
    """What a swap wants, for people."""
    if kind != "txn":
        return ""
    with contextlib.suppress(Exception):
        put = json.loads(body)["success"][0]
        put = put.get("request_put") or put["requestPut"]
        state = json.loads(json.loads(base64.b64decode(put["value"]))["XAUTH_STATE"])
        intent = state.get("intent") or {}
        return f" {state.get('number')}{' intent ' + intent.get('kind', '') if intent else ''}"
    return ""


def failing(line, kinds, fault, first, last):
    seen = []

    def decide(kind, _):
        if kind in kinds:
            seen.append(kind)
        return fault if kind in kinds and first <= len(seen) <= last else None

    line.decide = decide
