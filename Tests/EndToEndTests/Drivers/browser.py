"""Leads headless Chromium, and tells what a person would see.

    browser.py [PUBLIC-KEY-HASH…]     SHA-256 in base64: their certificates are accepted

Reads one JSON object a line from standard input, and answers each with one on standard output.

    {"open": URL}, {"click": BUTTON}, {"reload": true}
        Goes there (BUTTON is the text of a button), and waits for the page. Answers with "url" (the
        address bar), "history" (the addresses that Back and Forward lead to, with this one),
        "status", "title", "text", "problems" (all that console, network and policy complained about
        on the way), and "requests" (every URL that was asked for).
    {"script": BOOL}
        Switches the script of pages off or on, for all pages to come.
    {"look": {"width", "dark", "forced", "shot", "axe"}}
        Looks at the page in a window so wide, in dark colours, in those of a high-contrast theme;
        puts a picture of all of it at "shot". Answers with "overflow" (whether the page is wider than
        the window) and "faults" (what axe finds; none if it isn't asked).
"""

import base64
import importlib.util
import json
import os
import sys
import tempfile

from devtools import Chromium


def main():
    # Its helpers may outlive the browser for a moment, and write to the profile.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Chromium(profile, sys.argv[1:])
        try:
            for line in sys.stdin:
                print(json.dumps(obey(browser, json.loads(line))), flush=True)
        finally:
            browser.close()


def obey(browser, command):
    if "look" in command:
        return look(browser, **command["look"])
    if "script" in command:
        browser.call("Emulation.setScriptExecutionDisabled", value=not command["script"])
        return {}
    before = len(browser.events)
    if "open" in command:
        # A page that was loaded in forced colours keeps some of them when they go.
        browser.call("Emulation.setEmulatedMedia", features=[])
        browser.call("Page.navigate", url=command["open"])
    elif "click" in command:
        before = click(browser, command["click"])
    else:
        browser.call("Page.reload")
    browser.wait("Page.loadEventFired", before)
    return seen(browser, browser.events[before:])


def click(browser, button):
    place = browser.value(
        "(() => { const found = [...document.querySelectorAll('button')]"
        f".find(button => button.textContent === {json.dumps(button)});"
        " if (!found) return null; found.scrollIntoView(); const box = found.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2] })()")
    if not place:
        sys.exit(f"no button {button}")
    before = len(browser.events)
    for kind in ("mousePressed", "mouseReleased"):
        browser.call(
            "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left",
            clickCount=1)
    return before


def seen(browser, events):
    documents = [
        event["params"]["response"] for event in events
        if event["method"] == "Network.responseReceived" and event["params"]["type"] == "Document"
    ]
    history = browser.call("Page.getNavigationHistory")["entries"]
    return {
        "url": browser.value("location.href"),
        "history": [entry["url"] for entry in history],
        "status": documents[-1]["status"] if documents else 0,
        "title": browser.value("document.title"),
        "text": browser.value("document.body.innerText"),
        "problems": list(problems(events)),
        "requests": [
            event["params"]["request"]["url"] for event in events
            if event["method"] == "Network.requestWillBeSent"
        ],
    }


def problems(events):
    for event in events:
        parameters = event["params"]
        if event["method"] == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            text = parameters["entry"]["text"]
            # Said of the page itself whenever its status is no success.
            if "the server responded with a status of" not in text:
                yield text
        elif event["method"] == "Runtime.exceptionThrown":
            yield parameters["exceptionDetails"]["text"]
        elif event["method"] == "Runtime.consoleAPICalled":
            yield parameters["type"]
        elif event["method"] == "Audits.issueAdded":
            yield parameters["issue"]["code"]


def look(browser, width, dark=False, forced=False, shot=None, axe=False):
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=640 if width < 640 else 800,
        deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "forced-colors", "value": "active" if forced else "none"},
    ])
    overflow = browser.value("document.documentElement.scrollWidth > innerWidth")
    if shot:
        image = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        with open(shot, "wb") as file:
            file.write(base64.b64decode(image))
    return {"overflow": overflow, "faults": list(faults(browser)) if axe else []}


def faults(browser):
    """What axe-core (https://github.com/dequelabs/axe-core) finds, or can't decide."""
    if not browser.value("'axe' in globalThis"):
        package = importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0]
        with open(os.path.join(package, "axe.min.js"), encoding="utf-8") as file:
            browser.value(file.read() + "; 0")
    found = browser.value("axe.run({resultTypes: ['violations', 'incomplete']})")
    if not found["passes"]:
        yield "axe didn't look"
    for kind in ("violations", "incomplete"):
        for rule in found[kind]:
            for node in rule["nodes"]:
                yield f"{kind}: {rule['id']}: {node['html']}: {node.get('failureSummary')}"


main()
