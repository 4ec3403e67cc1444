"""A real MCP client: one session, which is never renewed, calls tools at a rate. Prints what came
of it as one line of JSON.

    clients.py --kind mcp-http|fastmcp-http --url URL --seconds S …
    clients.py --kind mcp-stdio|fastmcp-stdio --seconds S … --command PROGRAM ARGUMENTS
"""
import argparse
import asyncio
import inspect
import json
import logging
import os
import time
import warnings

warnings.filterwarnings("ignore")
ARGUMENTS = {
    "getBookmarks": {"id": "2244994945", "max_results": 5}, "createTweet": {"text": "hello"},
    "mediaUpload": {"media": "aGVsbG8="}, "slow": {"seconds": 0.5},
    "progress": {"steps": 3, "seconds": 0.3}}
RATE, IN_FLIGHT, PATIENCE = 5, 5, 15


class Tally:
    def __init__(self):
        self.calls = self.failures = self.failures_401 = self.progress = 0
        self.errors, self.milliseconds = [], []
        self.session_error = self.last_failure = None
        self.start = time.monotonic()

    def fail(self, text):
        self.failures += 1
        self.failures_401 += "401" in text
        self.last_failure = time.monotonic() - self.start
        text = " ".join(text.split())[:300]
        if text not in self.errors and len(self.errors) < 3:
            self.errors.append(text)


def text_of_error(error):
    """The innermost errors of a group, as one text."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(dict.fromkeys(text_of_error(each) for each in error.exceptions))
    return f"{type(error).__name__}: {error}"


async def drive(options, tally, list_tools, call):
    """Calls `call(name, arguments)`, which returns (is error, text), at the rate."""
    await asyncio.wait_for(list_tools(), PATIENCE)
    names, free, running = options.tools.split(","), asyncio.Semaphore(IN_FLIGHT), set()

    async def call_once(name):
        start = time.monotonic()
        tally.calls += 1
        try:
            is_error, text = await asyncio.wait_for(call(name, ARGUMENTS.get(name, {})), PATIENCE)
            if is_error:
                tally.fail(text)
            else:
                tally.milliseconds.append((time.monotonic() - start) * 1000)
        except TimeoutError:
            tally.fail(f"no answer to {name} within {PATIENCE} s")
        except asyncio.CancelledError:
            tally.fail("cancelled: the session ended")
            raise
        except Exception as error:
            tally.fail(text_of_error(error))
        finally:
            free.release()

    start, number = time.monotonic(), 0
    try:
        while time.monotonic() - start < options.seconds:
            await free.acquire()
            task = asyncio.create_task(call_once(names[number % len(names)]))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            await asyncio.sleep(max(0, start + number / RATE - time.monotonic()))
        if running:
            await asyncio.wait(running)
    finally:
        for task in running:
            task.cancel()


def message_handler(tally):
    from mcp import types

    async def on_message(message):
        is_notification = isinstance(message, types.ServerNotification)
        if is_notification and isinstance(message.root, types.ProgressNotification):
            tally.progress += 1
    return on_message


async def on_progress(*_):
    """Makes the library ask for progress; the message handler counts."""


def caller(call_tool, callback, session):
    """Calls with a callback for progress; mcp before 1.9 has none, and gets a token by hand."""
    from mcp import types
    count = 0

    async def call(name, arguments):
        nonlocal count
        count += 1
        if callback in inspect.signature(call_tool).parameters:
            result = await call_tool(name, arguments, **{callback: on_progress})
        else:
            meta = types.RequestParams.Meta(progressToken=f"p{count}")
            result = await session().send_request(types.ClientRequest(types.CallToolRequest(
                method="tools/call", params=types.CallToolRequestParams(
                    name=name, arguments=arguments, _meta=meta))), types.CallToolResult)
        texts = (getattr(each, "text", "") or type(each).__name__ for each in result.content)
        return bool(result.isError), " ".join(texts)
    return call


async def mcp_session(options, tally, streams):
    from mcp import ClientSession
    handler = message_handler(tally)
    async with ClientSession(streams[0], streams[1], message_handler=handler) as session:
        await session.initialize()
        call = caller(session.call_tool, "progress_callback", lambda: session)
        await drive(options, tally, session.list_tools, call)


async def fastmcp_session(options, tally, transport):
    from fastmcp import Client
    async with Client(transport, message_handler=message_handler(tally)) as client:
        call = caller(client.call_tool_mcp, "progress_handler", lambda: client.session)
        await drive(options, tally, client.list_tools, call)


async def run(options, tally):
    command = options.command or []
    if options.kind == "mcp-http":
        from mcp.client.streamable_http import streamablehttp_client
        async with streamablehttp_client(options.url) as streams:
            await mcp_session(options, tally, streams)
    elif options.kind == "mcp-stdio":
        from mcp import StdioServerParameters
        from mcp.client.stdio import stdio_client
        server = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
        async with stdio_client(server) as streams:
            await mcp_session(options, tally, streams)
    elif options.kind == "fastmcp-http":
        from fastmcp.client.transports import StreamableHttpTransport
        await fastmcp_session(options, tally, StreamableHttpTransport(options.url))
    else:
        from fastmcp.client.transports import StdioTransport
        await fastmcp_session(options, tally, StdioTransport(
            command=command[0], args=command[1:], env=dict(os.environ)))


async def run_in_time(options, tally):
    try:
        await asyncio.wait_for(run(options, tally), options.seconds + 2 * PATIENCE + 15)
    except TimeoutError:
        tally.session_error = "the session did not end in time"
    except (Exception, asyncio.CancelledError) as error:
        tally.session_error = text_of_error(error)
    if tally.session_error:
        tally.fail("session: " + tally.session_error)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kind", required=True,
                         choices=["mcp-http", "mcp-stdio", "fastmcp-http", "fastmcp-stdio"])
    options.add_argument("--url")
    options.add_argument("--seconds", type=float, required=True)
    options.add_argument("--tools", required=True)
    options.add_argument("--command", nargs=argparse.REMAINDER)
    options = options.parse_args()
    logging.disable(logging.CRITICAL)
    tally = Tally()
    asyncio.run(run_in_time(options, tally))
    times = sorted(tally.milliseconds)
    print(json.dumps({
        "calls": tally.calls, "failures": tally.failures, "failures_401": tally.failures_401,
        "errors": tally.errors, "progress": tally.progress, "last_failure": tally.last_failure,
        "median_ms": times[len(times) // 2] if times else None,
        "session_error": tally.session_error}))


main()
