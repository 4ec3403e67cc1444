"""A stand-in for X's hosted MCP server: tools over streamable HTTP with sessions, at /mcp. Each
request's token is checked with api.py; that of an event stream which is open isn't checked again.

    hosted.py --api URL

Prints its port on the first line. /admin/forget ends all sessions.
"""
import argparse
import asyncio
import json
import socket
from urllib.parse import quote

import httpx
import uvicorn
from fastmcp import Context, FastMCP
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.routing import Mount

mcp = FastMCP("X hosted MCP (stand-in)")


@mcp.tool(name="getUsersMe")
async def get_users_me() -> dict:
    """Get my User"""
    return {"data": {"id": "2244994945", "name": "Stand In", "username": "standin"}}


@mcp.tool(name="getBookmarks")
async def get_bookmarks(id: str, max_results: int = 10, pagination_token: str = "0") -> dict:
    """Get Bookmarks"""
    first = int(pagination_token)
    return {"data": [{"id": str(19 * 10**17 + first + each), "text": f"post {first + each}"}
                     for each in range(max_results)],
            "meta": {"result_count": max_results, "next_token": str(first + max_results)}}


@mcp.tool(name="slow")
async def slow(seconds: float) -> dict:
    """Answers after that many seconds"""
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@mcp.tool(name="progress")
async def progress(ctx: Context, steps: int = 5, seconds: float = 1.0) -> dict:
    """Sends so many notifications of progress over that many seconds, then answers"""
    for each in range(steps):
        await ctx.report_progress(each + 1, steps)
        await asyncio.sleep(seconds / steps)
    return {"steps": steps}


# What fastmcp keeps its sessions in, so that they can be ended.
MANAGERS = []
make_manager = StreamableHTTPSessionManager.__init__


def make_watched_manager(self, *args, **named):
    make_manager(self, *args, **named)
    MANAGERS.append(self)


StreamableHTTPSessionManager.__init__ = make_watched_manager


def transports():
    return {name: each for manager in MANAGERS for name, each in manager._server_instances.items()
            if not getattr(each, "_terminated", False)}


async def forget():
    for name, each in transports().items():
        for manager in MANAGERS:
            manager._server_instances.pop(name, None)
        # In the old generation the end of one transport would be the end of them all.
        if hasattr(each, "terminate"):
            await each.terminate()


class Gate:
    """Lets those through to fastmcp who have a good token, and no session or one that is known."""

    def __init__(self, app, api, inner_path):
        self.app, self.api, self.inner_path, self.client = app, api, inner_path, None
        self.log = {"unauthorized": 0, "not_found": 0, "sessions_issued": 0, "open": 0}

    async def say(self, send, status, value, extra=()):
        body = json.dumps(value).encode()
        await send({"type": "http.response.start", "status": status, "headers": [
            (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
            *extra]})
        await send({"type": "http.response.body", "body": body})

    async def is_good(self, token):
        if self.client is None:
            self.client = httpx.AsyncClient(timeout=5, trust_env=False)
        try:
            url = f"{self.api}/admin/check?token={quote(token, safe='')}"
            return (await self.client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    async def admin(self, path, send):
        if path == "/admin/forget":
            await forget()
        await self.say(send, 200, self.log)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["path"].startswith("/admin/"):
            return await self.admin(scope["path"], send)
        if scope["path"].rstrip("/") != "/mcp":
            return await self.say(send, 404, {"error": "not found"})
        headers = {name.decode("latin-1"): value.decode("latin-1")
                   for name, value in scope["headers"]}
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not await self.is_good(token.strip()):
            self.log["unauthorized"] += 1
            return await self.say(send, 401, {"error": "invalid_token"},
                                  ((b"www-authenticate", b'Bearer error="invalid_token"'),))
        session = headers.get("mcp-session-id")
        # Old generations would say 400.
        if session is not None and session not in transports():
            self.log["not_found"] += 1
            return await self.say(send, 404, {
                "jsonrpc": "2.0", "id": "server-error",
                "error": {"code": -32600, "message": "Session not found"}})

        async def counted(message):
            if message["type"] == "http.response.start" and session is None:
                self.log["sessions_issued"] += any(
                    name.lower() == b"mcp-session-id" for name, _ in message["headers"])
            await send(message)

        self.log["open"] += 1
        try:
            path = self.inner_path
            await self.app({**scope, "path": path, "raw_path": path.encode()}, receive, counted)
        finally:
            self.log["open"] -= 1


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--api", required=True)
    options = options.parse_args()
    app = mcp.http_app(path="/mcp")
    # fastmcp 2.3 mounts: it answers under /mcp/ and redirects /mcp.
    inner_path = "/mcp/" if any(isinstance(each, Mount) for each in app.routes) else "/mcp"
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    # Or a short answer waits for 40 ms; asyncio does it for sockets of its own making alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(
        Gate(app, options.api, inner_path), lifespan="on", log_level="error", access_log=False,
        timeout_graceful_shutdown=0)).run(sockets=[listener])


main()
