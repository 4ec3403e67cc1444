"""Goes through a login with headless Chromium, and prints what a person would see.

    browser.py URL BUTTON SETTINGS.json

Opens URL, clicks the button whose text is BUTTON, and waits for the page after it. The settings:
"trust" (SHA-256 of public keys, base64, whose certificates are accepted), "script" (false switches
JavaScript off), "width", "dark", "screenshot" (a path). Prints {"url", "title", "text", "problems",
"requests", "overflow"}: the address bar, the page, all that the console and the network complained
about, every URL that was asked for after the click, and whether the page is wider than the window.

Speaks the DevTools protocol over --remote-debugging-pipe: NUL-separated JSON on descriptors 3 and 4.
"""

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
import time

DEADLINE = 40


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
            "--disable-component-update", "--remote-debugging-pipe", f"--user-data-dir={profile}",
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
        self.end = time.monotonic() + DEADLINE
        self.session = None

    def receive(self):
        while b"\0" not in self.buffer:
            left = self.end - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                sys.exit("the browser doesn't answer")
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
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait(self, method, after):
        """Waits for an event that comes after the first `after` of them."""
        while not any(event["method"] == method for event in self.events[after:]):
            answer = self.receive()
            if "method" in answer:
                self.events.append(answer)

    def value(self, expression):
        # Works without script in the page too: the protocol's own evaluation isn't the page's.
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
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


def problems(events):
    for event in events:
        parameters = event["params"]
        if event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield parameters["entry"]["text"]
        elif event["method"] == "Runtime.exceptionThrown":
            yield parameters["exceptionDetails"]["text"]
        elif event["method"] == "Runtime.consoleAPICalled":
            yield parameters["type"]
        elif event["method"] == "Audits.issueAdded":
            yield parameters["issue"]["code"]


def main():
    url, button, settings = sys.argv[1:4]
    with open(settings) as file:
        settings = json.load(file)
    # Its helpers may outlive the browser for a moment, and write to the profile.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Chromium(profile, settings.get("trust"))
        try:
            print(json.dumps(visit(browser, url, button, settings)))
        finally:
            browser.close()


def visit(browser, url, button, settings):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    attached = browser.call("Target.attachToTarget", targetId=target, flatten=True)
    browser.session = attached["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
        browser.call(f"{domain}.enable")
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=settings.get("width", 1280), height=800,
        deviceScaleFactor=1, mobile=False)
    theme = "dark" if settings.get("dark") else "light"
    browser.call(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    if settings.get("script") is False:
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
    before = len(browser.events)
    browser.call("Page.navigate", url=url)
    browser.wait("Page.loadEventFired", before)
    click = browser.value(
        "(() => { const found = [...document.querySelectorAll('button')]"
        f".find(button => button.textContent === {json.dumps(button)});"
        " if (!found) return null; const box = found.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2] })()")
    if not click:
        sys.exit(f"no button {button}")
    before = len(browser.events)
    for kind in ("mousePressed", "mouseReleased"):
        browser.call(
            "Input.dispatchMouseEvent", type=kind, x=click[0], y=click[1], button="left",
            clickCount=1)
    browser.wait("Page.loadEventFired", before)
    seen = {
        "url": browser.value("location.href"),
        "title": browser.value("document.title"),
        "text": browser.value("document.body.innerText"),
        "overflow": browser.value("document.documentElement.scrollWidth > innerWidth"),
    }
    if "screenshot" in settings:
        image = browser.call("Page.captureScreenshot")["data"]
        with open(settings["screenshot"], "wb") as file:
            file.write(base64.b64decode(image))
    after = browser.events[before:]
    seen["problems"] = list(problems(after))
    seen["requests"] = [
        event["params"]["request"]["url"] for event in after
        if event["method"] == "Network.requestWillBeSent"
    ]
    return seen


main()
