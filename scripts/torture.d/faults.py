"""A server that answers in every wrong way: what is said, what is kept, what is sent where."""

import concurrent.futures
import json
import re
import shutil
import socket
import urllib.parse

from certificates import Certificates
from fault_cases import (
    ACCESS, ALONE, CLIENT_SECRET, OLD_ACCESS, OLD_REFRESH, REFRESH, all_cases)
from fault_server import FaultServer
from world import Project, Tool

SECTION = "faults"

#: Seconds that a run may take: the deadline of a request is 12, and this machine may be busy.
LONGEST = 20
#: What a run may need, in KiB: ten times what it does need, and far below what is sent.
LARGEST = 64 << 10
#: Bytes that a run may print.
WORDIEST = 4096

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069]")


class Trial:
    """One case: a server, a project, and what must come of it."""

    def __init__(self, case, tool, certificates):
        self.case = case
        self.tool = tool
        self.env = {"SSL_CERT_FILE": certificates.authority}
        self.server = None
        address = case.address
        if case.fault:
            self.server = FaultServer(case.fault, case.identity, case.early, case.highest)
            address = self.server.address
            if case.address:
                address = f"{case.address}://127.0.0.1:{self.server.port}"
        elif address == "closed":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                address = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.project = Project(address, OLD_ACCESS, OLD_REFRESH)
        self.project.template = self.project.template.replace(
            "CLIENT_ID=sandbox-client\n", f"CLIENT_ID=sandbox-client\nCLIENT_SECRET={CLIENT_SECRET}\n")
        values = self.project.read().split("X_OAUTH2_EXPIRES_AT=")[1].split("\n")[0]
        self.project.write(OLD_ACCESS, OLD_REFRESH, values)
        self.before = self.project.read()

    def close(self):
        if self.server:
            self.server.close()
        self.project.close()

    def run(self, *arguments):
        return self.tool.run(self.project, *arguments, env=self.env, seconds=LONGEST + 10)

    def requests(self):
        return len(self.server.requests) if self.server and not self.case.early else None

    def wrong(self):
        """What isn't as it should be; None if all is well."""
        ended = self.run("refresh", "--json")
        wrong = self.bounds(ended) or self.sort(ended) or self.kept(ended) or self.sent()
        if wrong:
            return wrong
        if ended.status == 0:
            return self.granted()
        return self.again(ended) or self.alone()

    def bounds(self, ended):
        if ended.seconds > LONGEST:
            return f"{ended.seconds:.1f} s"
        if ended.peak_kib > LARGEST:
            return f"{ended.peak_kib} KiB"
        if len(ended.output) + len(ended.errors) > WORDIEST:
            return f"{len(ended.output) + len(ended.errors)} bytes printed"
        return self.secrets(ended)

    def secrets(self, ended):
        text = (ended.output + ended.errors).decode(errors="surrogateescape")
        try:
            text += json.loads(ended.output)["error"]["message"]
        except (ValueError, KeyError, TypeError):
            pass
        for secret in (OLD_ACCESS, OLD_REFRESH, ACCESS, REFRESH, CLIENT_SECRET, self.case.access):
            if len(secret) > 8 and secret in text:
                return f"a secret was printed: {ended}"
        if CONTROL.search(text):
            return f"a control character was printed: {ended.output + ended.errors!r}"
        return None

    def sort(self, ended):
        expected = self.case.expected
        if expected.status is None:
            # Which of the two depends on the library; lost or guessed is what it mustn't be.
            return None if ended.status in (0, 75) else f"{ended}"
        if ended.status != expected.status or ended.code not in expected.codes:
            return f"expected {expected.name} ({expected.status}, {expected.codes}): {ended}"
        said = (ended.output + ended.errors).decode(errors="replace")
        words = [expected.words] if isinstance(expected.words, str) else expected.words
        if not any(word in said for word in words):
            return f"it doesn't say \"{expected.words}\": {ended}"
        return None

    def kept(self, ended):
        alone = self.case.expected is ALONE
        if ended.status != 0 and not alone and self.project.read() != self.before:
            return f"the file was changed: {ended}"
        if alone and self.project.values()[:2] != (OLD_ACCESS, REFRESH):
            return f"the new refresh token wasn't saved: {self.project.values()}"
        if self.project.litter():
            return f"left behind: {self.project.litter()}"
        return None

    def sent(self):
        """The one request, its secret in the header alone."""
        for request in self.server.requests if self.server else ():
            head, _, body = request.partition(b"\r\n\r\n")
            if b"Authorization: Basic " not in head or CLIENT_SECRET.encode() in body:
                return f"a strange request: {head!r}"
        if self.requests() is not None and self.requests() > 1:
            return f"{self.requests()} requests"
        return None

    def granted(self):
        case, project = self.case, self.project
        if not project.is_whole():
            return f"the file isn't whole: {project.read()!r}"
        ended = self.run("token", "--min-validity", "1s")
        if ended.status != 0 or ended.output.decode() != case.access + "\n":
            return f"another token than was given: {ended}"
        # What is sent next time is the refresh token to the last byte.
        count = len(self.server.requests)
        if case.early:
            return None
        self.run("refresh", "--force", "--json")
        if len(self.server.requests) <= count:
            return "the next renewal sent nothing"
        body = self.server.requests[-1].partition(b"\r\n\r\n")[2].decode()
        sent = urllib.parse.parse_qs(body, keep_blank_values=True).get("refresh_token")
        if sent != [case.refresh]:
            return f"another refresh token was sent than was given: {sent}"
        return None

    def alone(self):
        """Whether a refresh token that came alone is what was sent next."""
        if self.case.expected is not ALONE:
            return None
        body = self.server.requests[-1].partition(b"\r\n\r\n")[2].decode()
        sent = urllib.parse.parse_qs(body).get("refresh_token")
        return None if sent == [REFRESH] else f"another refresh token was sent: {sent}"

    def again(self, first):
        """Whether the next run sends again is what a sort means."""
        expected = self.case.expected
        count = self.requests()
        ended = self.run("refresh")
        wrong = self.secrets(ended)
        if wrong:
            return wrong
        if expected.sends_again:
            if ended.status != first.status:
                return f"the next run: {ended}"
            if count and self.requests() <= count:
                return f"the next run sent nothing: {ended}"
            return None
        if count is not None and self.requests() > count:
            return f"the next run sent the token again: {ended}"
        if ended.status != first.status:
            return f"the next run: {ended}"
        return None


def torture(binaries, figures, quick, jobs):
    if not shutil.which("openssl"):
        figures.skip(SECTION, "there is no openssl")
        return
    tool = Tool(binaries)
    certificates = Certificates()
    elsewhere = FaultServer(lambda connection: None)

    def attempt(case):
        trial = Trial(case, tool, certificates)
        try:
            wrong = trial.wrong()
        except Exception as error:  # pylint: disable=broad-except
            wrong = f"{type(error).__name__}: {error}"
        finally:
            trial.close()
        if wrong:
            figures.fail(SECTION, case.name, wrong)
        else:
            figures.count(SECTION, "cases", case.expected.name)

    try:
        cases = all_cases(elsewhere.address, certificates)
        fast = [case for case in cases if not case.slow]
        slow = [case for case in cases if case.slow]
        if quick:
            fast, slow = fast[::3], []
        # Those that only wait can wait together.
        with concurrent.futures.ThreadPoolExecutor(max(1, len(slow))) as executor:
            list(executor.map(attempt, slow))
        with concurrent.futures.ThreadPoolExecutor(jobs) as executor:
            list(executor.map(attempt, fast))
        if elsewhere.connections:
            figures.fail(SECTION, "elsewhere", f"{elsewhere.connections} connections")
        else:
            figures.count(SECTION, "connections elsewhere", "none")
    finally:
        elsewhere.close()
        certificates.close()
