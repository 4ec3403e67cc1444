"""Headless Chromium with one tab, by the DevTools protocol over --remote-debugging-pipe:
NUL-separated JSON on descriptors 3 and 4."""

import json
import os
import select
import subprocess
import sys
import time

# Seconds for an answer or an event, on a machine with other things to do.
PATIENCE = 40


class Chromium:
    def __init__(self, profile, trust):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # Numbers above those that the browser expects, so that neither dup2 closes the other.
        to_browser, from_browser = (os.dup2(fd, fd + 20) for fd in (to_browser, from_browser))

        def plug():
            os.dup2(to_browser, 3)
            os.dup2(from_browser, 4)

        arguments = [
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--no-proxy-server", "--disable-background-networking",
            "--disable-component-update",
            # What is loaded again is asked for again, and not shown as it was before.
            "--disable-features=BackForwardCache", "--remote-debugging-pipe", f"--user-data-dir={profile}",
        ]
        if trust:
            arguments.append("--ignore-certificate-errors-spki-list=" + ",".join(trust))
        self.process = subprocess.Popen(
            arguments + ["about:blank"], preexec_fn=plug, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.events = []
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.call(f"{domain}.enable")

    def receive(self, end):
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                sys.exit(f"the browser doesn't answer; the last that it said: {self.events[-1:]}")
            data = os.read(self.input, 1 << 20)
            if not data:
                sys.exit("the browser is gone")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        # Whole, however little the pipe takes at a time: a script can be longer than it holds.
        with os.fdopen(os.dup(self.output), "wb") as pipe:
            pipe.write(json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.receive(end)
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait(self, method, after):
        """Waits for an event that comes after the first `after` of them."""
        end = time.monotonic() + PATIENCE
        while not any(event["method"] == method for event in self.events[after:]):
            answer = self.receive(end)
            if "method" in answer:
                self.events.append(answer)

    def value(self, expression):
        # Works without script in the page too: the protocol's own evaluation isn't the page's.
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{expression[:80]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def close(self):
        """Ends the browser, its helpers with it."""
        message = {"id": 0, "method": "Browser.close"}
        try:
            os.write(self.output, json.dumps(message).encode() + b"\0")
            self.process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
