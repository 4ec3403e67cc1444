"""Runs a program on a pseudo-terminal, as a person would, and prints what could be seen.

    terminal.py SESSION.json

The session has "arguments", "environment", "folder", "size" (columns, rows) and "steps", each one of
  {"expect": REGEX}            waits until it is on the screen or above; groups by name are kept
  {"send": TEXT}               types; ${name} stands for what was kept
  {"next": REGEX}              waits until it comes once more, from now on
  {"fetch": URL}               asks for a URL and keeps where it redirects to as "redirect"
  {"pass": [ADDRESS, HOST]}    asks ADDRESS for "redirect", as a proxy does that puts in HOST
  {"edit": [REGEX, TEXT]}      replaces in that
  {"resize": [COLUMNS, ROWS]}
  {"stop": true}               Ctrl-Z; checks that the terminal echoes then, and continues it
  {"signal": NUMBER}           sends it to the program
  {"tamper": true}             has the terminal echo and edit lines, as a program may that was there
                               between a stop and its end
  {"echo": true or false}      waits until the terminal echoes, or doesn't
Prints {"status", "screen", "raw", "echo"}: the exit code (128 + n for signal n), the text as it
remained on an endless screen, every byte as it came, and whether the terminal echoes in the end.
"""

import fcntl
import http.client
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import urllib.error
import urllib.parse
import urllib.request

DEADLINE = 20


def render(data, columns):
    """What a terminal without a bottom shows: carriage return, line feed, erasing, no colours."""
    lines, row, column = [[]], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.", data, re.S):
        if piece.startswith("\x1b["):
            if piece == "\x1b[K":
                del lines[row][column:]
        elif piece == "\r":
            column = 0
        elif piece == "\n":
            row += 1
            if row == len(lines):
                lines.append([])
        elif piece == "\b":
            column = max(0, column - 1)
        elif piece >= " ":
            if column == columns:
                row, column = row + 1, 0
                if row == len(lines):
                    lines.append([])
            line = lines[row]
            line.extend(" " * (column - len(line)))
            line[column : column + 1] = [piece]
            column += 1
    return "\n".join("".join(line).rstrip() for line in lines)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Session:
    def __init__(self, plan):
        self.kept = {}
        self.raw = b""
        self.columns, rows = plan.get("size", [100, 40])
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(plan["folder"])
            os._exit(shell(plan))
        self.set_size(self.terminal, self.columns, rows)

    @staticmethod
    def set_size(descriptor, columns, rows):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Takes what the program has written; False at its end."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.raw += data
        return bool(data)

    def text(self):
        return self.raw.decode("utf-8", "replace")

    def until(self, what, condition):
        end = time.monotonic() + DEADLINE
        while not condition():
            if time.monotonic() > end or not self.read(0.05):
                self.read(0)
                if condition():
                    return
                fail(f"never came: {what}\n{render(self.text(), self.columns)}", self.child)

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def fill(self, text):
        return re.sub(r"\$\{(\w+)\}", lambda match: self.kept[match[1]], text)

    def step(self, step):
        ((kind, value),) = step.items()
        if kind == "expect":
            pattern = re.compile(value, re.S)

            def find():
                # Long lines are broken by the terminal, not by the program.
                match = pattern.search(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text()))
                if match:
                    self.kept.update(match.groupdict())
                return match

            self.until(value, find)
        elif kind == "send":
            os.write(self.terminal, self.fill(value).encode())
        elif kind == "fetch":
            handlers = urllib.request.ProxyHandler({}), NoRedirect
            try:
                urllib.request.build_opener(*handlers).open(self.fill(value))
            except urllib.error.HTTPError as answer:
                self.kept["redirect"] = answer.headers["Location"]
        elif kind == "next":
            start = len(self.raw)
            self.until(value, lambda: re.search(value, self.raw[start:].decode("utf-8", "replace")))
        elif kind == "pass":
            address, host = map(self.fill, value)
            target = urllib.parse.urlsplit(self.kept["redirect"])
            connection = http.client.HTTPConnection(address, timeout=DEADLINE)
            connection.request(
                "GET", f"{target.path}?{target.query}", headers={"Host": host or target.netloc})
            connection.getresponse().read()
            connection.close()
        elif kind == "tamper":
            settings = termios.tcgetattr(self.terminal)
            settings[3] |= termios.ECHO | termios.ICANON
            termios.tcsetattr(self.terminal, termios.TCSANOW, settings)
        elif kind == "edit":
            self.kept["redirect"] = re.sub(*value, self.kept["redirect"])
        elif kind == "resize":
            self.columns = value[0]
            self.set_size(self.terminal, *value)
        elif kind == "stop":
            os.write(self.terminal, b"\x1a")
            self.until("the stop", lambda: STOPPED in self.text())
            if not self.echoes():
                fail("stopped, and the terminal doesn't echo", self.child)
            os.write(self.terminal, b"fg\n")
        elif kind == "signal":
            os.killpg(os.tcgetpgrp(self.terminal), value)
        elif kind == "echo":
            self.until(f"echo {value}", lambda: self.echoes() == value)


STOPPED = "[1]+ Stopped"


def shell(plan):
    """A shell with one job: kernels stop nothing that no shell is there to continue (POSIX.1,
    orphaned process groups)."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execve(plan["arguments"][0], plan["arguments"], plan["environment"])
    while True:
        status = os.waitpid(job, os.WUNTRACED)[1]
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code
        os.write(1, f"\r\n{STOPPED}\r\n$ ".encode())
        os.read(0, 100)
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)


def fail(message, child):
    # The terminal hangs up with its shell, and its job with the terminal.
    os.kill(child, signal.SIGKILL)
    print(message, file=sys.stderr)
    sys.exit(1)


def main():
    with open(sys.argv[1]) as file:
        plan = json.load(file)
    session = Session(plan)
    for step in plan["steps"]:
        session.step(step)
    status = wait_for(session)
    text = session.text()
    screen = render(text, session.columns)
    print(json.dumps({"status": status, "screen": screen, "raw": text, "echo": session.echoes()}))


def wait_for(session):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        session.read(0.05)
        child, status = os.waitpid(session.child, os.WNOHANG)
        if child:
            while select.select([session.terminal], [], [], 0)[0] and session.read(0):
                pass
            return os.waitstatus_to_exitcode(status)
    return fail(f"never ended\n{render(session.text(), session.columns)}", session.child)


main()
