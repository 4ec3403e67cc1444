"""Older copies of the `.env` put back, wrong tokens and other accounts' grants pasted into it."""

import http.client
import json
import random
import secrets
import time
import urllib.parse

import journal
from syscalls import Bench
from world import Project, environment, sha256

SECTION = "copies"

#: As often as somebody renews: an expiry is so much later than the one before it.
PERIOD = 40 * 60
LIMIT = journal.LIMIT["rotation-2"]
#: How many renewals old a copy is. The list is full, and these more were dropped from it.
DROPPED = 40
KNOWN = (1, 2, 10, 100, 1000, LIMIT - 100)
FORGOTTEN = (LIMIT + DROPPED // 2, LIMIT + DROPPED - 1)


def renewals(sandbox, refresh, count):
    """So many pairs of one grant, each by the refresh token of the one before."""
    connection = http.client.HTTPConnection(sandbox.host, sandbox.port, timeout=30)
    pairs = []
    for _ in range(count):
        form = urllib.parse.urlencode({
            "grant_type": "refresh_token", "refresh_token": refresh, "client_id": "sandbox-client"})
        connection.request(
            "POST", "/2/oauth2/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = json.loads(connection.getresponse().read())
        refresh = answer["refresh_token"]
        pairs.append((answer["access_token"], refresh))
    connection.close()
    return pairs


class Shelf:
    """One project, and every copy of its file that there ever was."""

    def __init__(self, bench, figures, is_family):
        self.bench = bench
        self.figures = figures
        self.is_family = is_family
        self.mode = "family ends" if is_family else "refused only"
        self.project = None
        self.make()

    def make(self):
        sandbox = self.bench.sandbox
        first = sandbox.grant()
        pairs = [first, *renewals(sandbox, first[1], LIMIT + DROPPED)]
        now = int(time.time())
        last = len(pairs) - 1
        self.copies = [
            (access, refresh, now + 7200 - (last - place) * PERIOD)
            for place, (access, refresh) in enumerate(pairs)]
        if self.project:
            self.project.close()
        self.project = Project(sandbox.address, *pairs[-1], port=self.bench.port)
        ended = self.run()
        if ended.status != 0:
            raise RuntimeError(f"{ended}")
        journal.add_used(
            self.project.state / "journal",
            [(refresh, expires) for _, refresh, expires in self.copies[:-1]])
        self.seen()

    def run(self, *arguments, command="refresh"):
        return self.bench.tool.run(
            self.project, command, *(arguments or ("--min-validity", "3h")), "--json")

    def seen(self):
        """What was presented since the last look, as hashes; the file's values join the copies."""
        events = self.bench.sandbox.new_events()
        values = self.project.values()
        if values and values[1] and values[1] != self.copies[-1][1]:
            self.copies.append((values[0], values[1], int(values[2] or 0)))
        return [event.get("presented_sha256") for event in events if "token" in event["route"]
                and event.get("presented_sha256")]

    def put_back(self, age, has_expiry=True):
        access, refresh, expires = self.copies[-1 - age]
        self.project.write(access, refresh, expires if has_expiry else "")

    def paste(self, access, refresh, expires=""):
        self.project.write(access, refresh, expires)

    def is_live(self):
        """Whether the grant in the file is alive: its access token, and its refresh token by use."""
        if not self.bench.is_live(self.project):
            return "the file's access token is dead"
        ended = self.run()
        self.seen()
        if ended.status != 0 or not self.bench.is_live(self.project):
            return f"the grant in the file is dead: {ended}"
        return None

    def wrong(self, ended, used=()):
        """What's wrong after a run that had to bring the living grant back without these tokens."""
        hashes = {sha256(token) for token in used}
        sent = [digest for digest in self.seen() if digest in hashes]
        if sent:
            return f"a used token was sent: {ended}"
        if ended.status != 0:
            return f"{ended}"
        return self.is_live()

    def attempt(self, what, name, act):
        try:
            wrong = act()
        except Exception as error:  # pylint: disable=broad-except
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            self.figures.fail(SECTION, what, f"{name}, {self.mode}: {wrong}")
            self.make()
        else:
            self.figures.count(SECTION, what, name)

    # What is tried.

    def known_copy(self, age, has_expiry, arguments):
        """A token in the list: nobody sends it."""
        self.put_back(age, has_expiry)
        used = [refresh for _, refresh, _ in self.copies[:-1]]
        return self.wrong(self.run(*arguments), used)

    def forgotten_copy(self, age, has_expiry):
        """Older than the list. With an expiry its age is known; without one nobody can know it, and a
        server that ends the family ends it."""
        self.put_back(age, has_expiry)
        used = [refresh for _, refresh, _ in self.copies[:-1]] if has_expiry else ()
        return self.wrong(self.run(), used)

    def junk(self, access, refresh, expires):
        """Tokens that never were any."""
        self.paste(access, refresh, expires)
        return self.wrong(self.run(), [token for _, token, _ in self.copies[:-1]])

    def other_account(self, expires, arguments):
        """A living grant of another account: it stays, and goes on."""
        access, refresh = self.bench.sandbox.grant("other")
        self.seen()
        ours = self.copies[-1]
        text = self.project.text(access, refresh, expires)
        self.paste(access, refresh, expires)
        ended = self.run(*arguments)
        presented = self.seen()
        if sha256(ours[1]) in presented:
            return f"the token of the account that was there before was sent: {ended}"
        if ended.status != 0 or self.name() != "other":
            return f"the file was switched to another account, and is {self.name()}'s: {ended}"
        if not presented and self.project.read() != text:
            return f"the file was changed without a renewal: {ended}"
        wrong = self.is_live()
        if wrong or self.name() != "other":
            return wrong or "the next renewal wrote over the other account"
        # Back to the one that was there before, as it was: alive, and not to be lost either.
        if not self.bench.sandbox.accepts(ours[0]):
            return "the grant that was there before is dead"
        return None

    def beside(self, act):
        """Acts, and puts file and journal back as they were: the tokens in them weren't used."""
        state, copies = self.project.state / "journal", list(self.copies)
        text, data = self.project.read(), state.read_bytes()
        wrong = act()
        self.project.file.write_text(text)
        state.write_bytes(data)
        self.copies = copies
        self.seen()
        return wrong

    def name(self):
        values = self.project.values()
        _, _, body = self.bench.sandbox.request(
            "GET", "/2/users/me", headers={"Authorization": f"Bearer {values[0] if values else ''}"})
        try:
            return json.loads(body)["data"]["username"]
        except (ValueError, KeyError):
            return None

    def anything(self, chance, turns):
        """All of it, one after the other, with renewals in between."""
        done = []
        for _ in range(turns):
            act = chance.choice(("known", "known", "forgotten", "junk", "renewal", "token"))
            done.append(act)
            if act == "known":
                wrong = self.known_copy(
                    chance.randrange(1, LIMIT - 100), chance.random() < 0.5,
                    chance.choice(((), ("--force",), ("--min-validity", "75m"))))
            elif act == "forgotten":
                # Never two hours from now: the newest that was dropped is weeks old.
                age = len(self.copies) - 1 - chance.randrange(DROPPED // 2)
                wrong = self.forgotten_copy(age, True)
            elif act == "junk":
                wrong = self.junk(secrets.token_urlsafe(40), secrets.token_urlsafe(40), "")
            else:
                wrong = self.wrong(
                    self.run("--force") if act == "renewal"
                    else self.run("--min-validity", "3h", command="token"))
            if wrong:
                return f"{' '.join(done)}: {wrong}"
        return None


class Accounts:
    """Logins as one account and another: whose grant it is, is known."""

    def __init__(self, bench, figures):
        self.bench = bench
        self.figures = figures

    def login(self, project, account):
        browser = self.bench.sandbox.folder / f"browser-{account}"
        browser.write_text(
            f"#!/bin/sh\ncurl -sL --max-time 30 -b sandbox-account={account} -c /dev/null "
            "-o /dev/null \"$1\" >/dev/null 2>&1 &\n")
        browser.chmod(0o700)
        return self.bench.tool.run(
            project, "login", "--force", "--browser", str(browser), "--timeout", "20s", "--json")

    def switched_back(self, renewals_between):
        """A used copy of the first account's file, over the second's: nothing is written over it."""
        bench = self.bench
        project = bench.project()
        try:
            for account in ("first", "second"):
                ended = self.login(project, account)
                if ended.status != 0:
                    return f"login as {account}: {ended}"
                if account == "first":
                    copy = project.read()
                for _ in range(renewals_between):
                    ended = bench.tool.run(project, "refresh", "--force", "--json")
                    if ended.status != 0:
                        return f"{ended}"
            newest = project.read()
            bench.sandbox.new_events()
            project.file.write_text(copy)
            for arguments in (("--min-validity", "3h"), ("--min-validity", "1m")):
                ended = bench.tool.run(project, "refresh", *arguments, "--json")
                if project.read() != copy:
                    return f"a file switched to another account was written over: {ended}"
                if bench.sandbox.new_events() or ended.status != 3:
                    return f"a used token of another account: {ended}"
            project.file.write_text(newest)
            ended = bench.tool.run(project, "refresh", "--force", "--json")
            if ended.status != 0 or not bench.is_live(project):
                return f"the second account's grant is lost: {ended}"
            return None
        finally:
            project.close()


def torture(binaries, figures, quick, jobs):
    del jobs  # One file is what is tried.
    for is_family in (False, True):
        bench = Bench(binaries, figures, *(["--family-revocation"] if is_family else []))
        try:
            each(Shelf(bench, figures, is_family), quick)
            accounts = Accounts(bench, figures)
            for count in (1,) if quick else (1, 2, 5):
                wrong = accounts.switched_back(count)
                what = "switched back to a used copy"
                if wrong:
                    figures.fail(SECTION, what, f"after {count}: {wrong}")
                else:
                    figures.count(SECTION, what, f"after {count}")
        finally:
            bench.close()


def each(shelf, quick):
    now = int(time.time())
    try:
        for has_expiry in (True, False):
            name = "with expiry" if has_expiry else "without expiry"
            for age in KNOWN:
                for arguments in ((), ("--force",), ("--min-validity", "75m")):
                    if quick and (age + len(arguments)) % 2 and age > 10:
                        continue
                    shelf.attempt(
                        f"copy {age} renewals old", name,
                        lambda a=age, e=has_expiry, r=arguments: shelf.known_copy(a, e, r))
            for age in FORGOTTEN:
                if has_expiry or not shelf.is_family:
                    shelf.attempt("copy older than the list", name,
                                  lambda a=age, e=has_expiry: shelf.forgotten_copy(a, e))
        for name, access, refresh, expires in (
                ("random", secrets.token_urlsafe(40), secrets.token_urlsafe(40), ""),
                ("expired", secrets.token_urlsafe(40), secrets.token_urlsafe(40), now - 60),
                ("another's access token", shelf.copies[5][0], secrets.token_urlsafe(40), now + 60),
                ("a word", "token", "token", "soon")):
            shelf.attempt("wrong tokens pasted", name,
                          lambda a=access, r=refresh, e=expires: shelf.junk(a, r, e))
        for name, expires in (("no expiry", ""), ("fresh", now + 7000), ("nearly over", now + 60)):
            for arguments in (("--force",), ("--min-validity", "75m")):
                if not quick or arguments == ("--force",) or name == "fresh":
                    shelf.attempt("another account's grant pasted", name,
                                  lambda e=expires, r=arguments: shelf.beside(
                                      lambda: shelf.other_account(e, r)))
        for seed in range(2 if quick else 12):
            shelf.attempt("one after the other", "at random",
                          lambda s=seed: shelf.anything(random.Random(s), 8 if quick else 25))
    finally:
        shelf.project.close()
