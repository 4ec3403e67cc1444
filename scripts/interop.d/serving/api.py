"""A stand-in for X's API and its token endpoint: access tokens that live for seconds, refresh
tokens that work once. All state is in memory.

    api.py --life SECONDS [--end-old] [--slack SECONDS]

Prints its port on the first line. Tokens are A0 and R0 at first, then A1-… and R1-….
"""
import argparse
import asyncio
import hashlib
import json
import secrets
import socket
import time
from urllib.parse import parse_qs, parse_qsl

import uvicorn

BLOCK = bytes(range(256)) * 256
WAY_BACK = 0.15


class Grant:
    """One account's tokens, and what was asked of them."""

    def __init__(self, life, ends_old, slack):
        self.life, self.ends_old, self.slack, self.rotations = life, ends_old, slack, 0
        self.access, self.refresh = {}, {}
        self.add("A0", "R0")
        self.token_requests = {"total": 0, "ok": 0, "bad": 0, "in_flight": 0, "max_in_flight": 0}
        self.reuses = 0

    def add(self, access, refresh):
        self.access[access] = {"end": time.monotonic() + self.life + self.slack, "ended": False}
        self.refresh[refresh] = {"used": False}

    def fault_of(self, token):
        """Why an access token isn't good; None when it is."""
        found = self.access.get(token)
        if found is None:
            return "unknown"
        if found["ended"]:
            return "ended"
        return "expired" if time.monotonic() >= found["end"] else None

    def rotate(self):
        self.rotations += 1
        access, refresh = (f"{kind}{self.rotations}-{secrets.token_urlsafe(18)}" for kind in "AR")
        if self.ends_old:
            for token in self.access.values():
                token["ended"] = True
        self.add(access, refresh)
        return access, refresh


GRANT: Grant
COUNTS = {"tweets": 0, "unauthorized": 0, "calls": 0, "streams_opened": 0}


async def reply(send, status, value, kind="application/json; charset=utf-8", extra=()):
    body = json.dumps(value).encode()
    await send({"type": "http.response.start", "status": status, "headers": [
        (b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), *extra]})
    await send({"type": "http.response.body", "body": body})


async def problem(send, status, title, detail=None, extra=()):
    value = {"title": title, "type": "about:blank", "status": status, "detail": detail or title}
    await reply(send, status, value, "application/problem+json", extra)


async def body_of(receive, limit=1 << 20):
    """A request's whole body; None when it is too long or was broken off."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body"):
            return body


async def token(scope, receive, send, headers):
    """POST /2/oauth2/token, for refresh tokens alone."""
    counts = GRANT.token_requests
    counts["total"] += 1
    counts["in_flight"] += 1
    counts["max_in_flight"] = max(counts["max_in_flight"], counts["in_flight"])
    never_stored = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))

    async def refuse(status, error, description):
        counts["bad"] += 1
        value = {"error": error, "error_description": description}
        await reply(send, status, value, extra=never_stored)

    try:
        body = await body_of(receive)
        if scope["method"] != "POST":
            return await refuse(405, "invalid_request", "POST only")
        form_kind = "application/x-www-form-urlencoded"
        if body is None or not headers.get("content-type", "").startswith(form_kind):
            return await refuse(400, "invalid_request", "a form is wanted")
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        form = dict(pairs)
        if len(form) != len(pairs):
            return await refuse(400, "invalid_request", "a parameter is repeated")
        if form.get("grant_type") != "refresh_token":
            return await refuse(400, "unsupported_grant_type", "refresh_token only")
        found = GRANT.refresh.get(form.get("refresh_token"))
        if found is None:
            return await refuse(400, "invalid_grant", "unknown refresh token")
        if found["used"]:
            GRANT.reuses += 1
            return await refuse(400, "invalid_grant", "this refresh token has been used")
        found["used"] = True
        access, refresh = GRANT.rotate()
        counts["ok"] += 1
        # X is some way off: meanwhile the old token has ended, and nobody has the new one.
        await asyncio.sleep(WAY_BACK)
        await reply(send, 200, {
            "token_type": "bearer", "expires_in": GRANT.life, "access_token": access,
            "scope": "tweet.read tweet.write users.read bookmark.read offline.access",
            "refresh_token": refresh}, extra=never_stored)
    finally:
        counts["in_flight"] -= 1


async def admin(path, query, send):
    """What X has nothing like: for the runner, and for the stand-in for the hosted MCP server."""
    if path == "/admin/log":
        return await reply(send, 200, {
            "token_requests": GRANT.token_requests, "reuses_of_spent_tokens": GRANT.reuses,
            **COUNTS})
    if path == "/admin/check":
        fault = GRANT.fault_of(query.get("token", ""))
        return await reply(send, 401 if fault else 200, {"fault": fault})
    if path == "/admin/current":
        unspent = (name for name, each in GRANT.refresh.items() if not each["used"])
        return await reply(send, 200, {"refresh": next(unspent)})
    await problem(send, 404, "Not Found Error")


def tweet(number):
    return {"id": str(19 * 10**17 + number), "text": f"post {number} from the stand-in",
            "edit_history_tweet_ids": [str(19 * 10**17 + number)]}


async def bookmarks(query, send):
    try:
        count = max(1, min(100, int(query.get("max_results", 10))))
        first = int(query.get("pagination_token", 0))
    except ValueError:
        return await problem(send, 400, "Invalid Request")
    await reply(send, 200, {"data": [tweet(first + each) for each in range(count)],
                            "meta": {"result_count": count, "next_token": str(first + count)}})


async def create_tweet(receive, send):
    try:
        text = json.loads(await body_of(receive))["text"]
    except (TypeError, ValueError, KeyError):
        return await problem(send, 400, "Invalid Request")
    COUNTS["tweets"] += 1
    await reply(send, 201, {"data": {**tweet(COUNTS["tweets"]), "text": text}})


async def upload(receive, send):
    digest, length, is_whole = hashlib.sha256(), 0, False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        digest.update(message.get("body", b""))
        length += len(message.get("body", b""))
        is_whole = not message.get("more_body")
    await reply(send, 200, {"data": {
        "id": "m" + digest.hexdigest()[:12], "length": length, "sha256": digest.hexdigest()}})


async def wait_until_gone(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def big(query, receive, send):
    """So many bytes."""
    left = int(query.get("bytes", 1 << 20))
    await send({"type": "http.response.start", "status": 200, "headers": [
        (b"content-type", b"application/octet-stream"), (b"content-length", str(left).encode())]})
    gone = asyncio.ensure_future(wait_until_gone(receive))
    try:
        while left > 0 and not gone.done():
            block = BLOCK[:left]
            await send({"type": "http.response.body", "body": block, "more_body": True})
            left -= len(block)
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def stream(query, receive, send):
    """Numbered events until the client leaves."""
    COUNTS["streams_opened"] += 1
    every, number = float(query.get("interval", 0.2)), 0
    gone = asyncio.ensure_future(wait_until_gone(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [
            (b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]})
        while not gone.done():
            number += 1
            data = json.dumps({"n": number, "data": tweet(number)})
            await send({"type": "http.response.body", "more_body": True,
                        "body": f"id: {number}\ndata: {data}\n\n".encode()})
            await asyncio.wait([gone], timeout=every)
    finally:
        gone.cancel()


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, method = scope["path"], scope["method"]
    query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
    if path.startswith("/admin/"):
        return await admin(path, query, send)
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = dict(pairs)
    if path == "/2/oauth2/token":
        return await token(scope, receive, send, headers)

    COUNTS["calls"] += 1
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    is_alone = sum(name == "authorization" for name, _ in pairs) == 1
    is_bearer = kind.lower() == "bearer" and is_alone
    fault = GRANT.fault_of(bearer.strip()) if is_bearer else "no bearer"
    if fault:
        COUNTS["unauthorized"] += 1
        why = ((b"x-standin-why", fault.encode()),)
        return await problem(send, 401, "Unauthorized", extra=why)

    words = path.split("/")
    if path == "/2/users/me" and method == "GET":
        return await reply(send, 200, {
            "data": {"id": "2244994945", "name": "Stand In", "username": "standin"}})
    is_bookmarks = len(words) == 5 and (words[2], words[4]) == ("users", "bookmarks")
    if is_bookmarks and method == "GET":
        return await bookmarks(query, send)
    if path == "/2/tweets" and method == "POST":
        return await create_tweet(receive, send)
    if path == "/2/media/upload" and method == "POST":
        return await upload(receive, send)
    if path == "/2/big" and method == "GET":
        return await big(query, receive, send)
    if path == "/2/stream" and method == "GET":
        return await stream(query, receive, send)
    await problem(send, 404, "Not Found Error")


def main():
    global GRANT
    options = argparse.ArgumentParser()
    options.add_argument("--life", type=int, required=True)
    options.add_argument("--end-old", action="store_true", help="at a renewal the old token ends")
    options.add_argument("--slack", type=float, default=0, help="tokens live longer than they say")
    options = options.parse_args()
    GRANT = Grant(options.life, options.end_old, options.slack)
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    # Or a short answer waits for 40 ms; asyncio does it for sockets of its own making alone.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(
        app, lifespan="off", log_level="critical", access_log=False, timeout_graceful_shutdown=1,
        timeout_keep_alive=30)).run(sockets=[listener])


main()
