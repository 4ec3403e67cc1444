"""A stand-in for an MCP server over HTTP: answers each request with the token that came with it."""

import http.server
import json


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "id" not in message:
            return self.answer(202, b"")
        result = {"token": self.headers["Authorization"].removeprefix("Bearer ")}
        if message["method"] == "initialize":
            result |= {"protocolVersion": message["params"]["protocolVersion"]}
        body = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        self.answer(200, json.dumps(body).encode())

    def do_GET(self):
        self.answer(405, b"")

    do_DELETE = do_GET

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Mcp-Session-Id", "session")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
