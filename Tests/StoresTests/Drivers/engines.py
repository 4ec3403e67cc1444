"""Stand-ins for engines that can't run in every test, which answer as the real ones were seen to.

  engines.py kubernetes CERTIFICATE KEY   the Secrets web/x-token (empty), web/shared (with a key that
                                          isn't ours) and web/fixed (immutable), for the tokens
                                          "writer" and "reader"
  engines.py vault                        KV version 2 in secret/, and version 1 in old/
  engines.py say STATUS BODY              the same answer to everything

Prints the port it listens on.
"""

import http.server
import json
import ssl
import sys
import threading

LOCK = threading.Lock()


class Engine(http.server.BaseHTTPRequestHandler):
    """What all of them have in common."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        with LOCK:
            status, answer = self.answer(self.command, self.path, json.loads(body or b"null"))
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class Kubernetes(Engine):
    version = 100
    secrets = {}

    @classmethod
    def make(cls, name, **more):
        cls.version += 1
        cls.secrets[name] = {
            "kind": "Secret",
            "apiVersion": "v1",
            "metadata": {
                "name": name,
                "namespace": "web",
                "uid": "0b5f-" + name,
                "resourceVersion": str(cls.version),
                "annotations": {"team": "web", "n": "1"},
                "generation": 12345678901,
                "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:data": {}}}],
            },
            "type": "Opaque",
            **more,
        }

    def status(self, code, reason, message):
        return code, {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }

    def answer(self, method, path, new):
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        if token not in ("writer", "reader"):
            return self.status(401, "Unauthorized", "Unauthorized")
        name = path.removeprefix("/api/v1/namespaces/web/secrets/")
        if method == "PUT" and token == "reader":
            words = 'secrets "x-token" is forbidden: User "reader" cannot update resource "secrets"'
            return self.status(403, "Forbidden", words)
        if name not in self.secrets:
            return self.status(404, "NotFound", f'secrets "{name}" not found')
        old = self.secrets[name]
        if method == "GET":
            return 200, old
        version = new["metadata"].get("resourceVersion")
        # Without one the write isn't compared.
        if version not in (None, old["metadata"]["resourceVersion"]):
            words = f'Operation cannot be fulfilled on secrets "{name}": the object has been modified'
            return self.status(409, "Conflict", words)
        if old.get("immutable") and new.get("data") != old.get("data"):
            words = f'Secret "{name}" is invalid: data: Forbidden: field is immutable'
            return self.status(422, "Invalid", words)
        if new != old:
            Kubernetes.version += 1
            new["metadata"]["resourceVersion"] = str(self.version)
            self.secrets[name] = new
        return 200, self.secrets[name]


class Vault(Engine):
    secrets = {}
    old = {}

    def answer(self, method, path, sent):
        token = self.headers["X-Vault-Token"]
        if token not in ("writer", "reader") or (method != "GET" and token == "reader"):
            return 403, {"errors": ["permission denied"]}
        if path.startswith("/v1/old/"):
            return self.answer_old(method, path, sent)
        if not path.startswith("/v1/secret/data/"):
            words = f'no handler for route "{path[4:]}". route entry not found.'
            return 404, {"errors": [words]}
        data, version, deleted = self.secrets.get(path, (None, 0, ""))
        metadata = {"version": version, "deletion_time": deleted, "destroyed": False}
        if method == "DELETE":
            self.secrets[path] = (None, version, "2026-11-29T16:10:16Z")
            return 204, ""
        if method == "GET":
            if version == 0:
                return 404, {"errors": []}
            return 200 if data is not None else 404, {"data": {"data": data, "metadata": metadata}}
        if sent["options"]["cas"] != version:
            return 400, {"errors": ["check-and-set parameter did not match the current version"]}
        self.secrets[path] = (sent["data"], version + 1, "")
        return 200, {"data": {"version": version + 1, "deletion_time": "", "destroyed": False}}

    def answer_old(self, method, path, sent):
        if method == "GET":
            return (200, {"data": self.old[path]}) if path in self.old else (404, {"errors": []})
        self.old[path] = sent
        return 204, ""


class Say(Engine):
    def answer(self, *_):
        return int(sys.argv[2]), sys.argv[3]


KINDS = {"kubernetes": Kubernetes, "vault": Vault, "say": Say}
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), KINDS[sys.argv[1]])
if sys.argv[1] == "kubernetes":
    Kubernetes.make("x-token")
    Kubernetes.make("shared", data={"logo": "/wD+", "X_OAUTH2_ACCESS_TOKEN": "b2xk"})
    Kubernetes.make("fixed", immutable=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
