"""What any program on this machine can do to a listening login, and what it is to get for it."""

import collections
import contextlib
import multiprocessing
import os
import random
import re
import socket
import ssl
import struct
import time

#: Comes in all that strangers send, and never comes back.
MARKER = "MARKER"

#: More than the kernel buffers on both sides, so that what is sent has to be taken.
ENDLESS = 64 << 20
#: The largest answer that counts as small.
SMALL = 16 << 10

#: A TLS record that promises 512 bytes, and the first bytes of a ClientHello (RFC 8446 §4, §5.1).
HALF_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"

#: What counts as a door closed without a word.
CLOSED = ("closed", "reset")


def words(error):
    """What became of a connection, in a word."""
    if isinstance(error, TimeoutError):
        return "silence"
    if isinstance(error, ssl.SSLError):
        return "refused"
    return "reset" if isinstance(error, ConnectionError) else "closed"


def answer(peer, seconds=10):
    """What comes until the other side closes: a status, or in a word why there is none."""
    received = b""
    peer.settimeout(seconds)
    try:
        while len(received) <= SMALL:
            data = peer.recv(65536)
            if not data:
                break
            received += data
    except OSError as error:
        # What came before a reset is an answer all the same.
        if not received:
            return words(error)
    return verdict(received)


def verdict(received):
    if not received:
        return "closed"
    if received.startswith(b"\x15\x03"):
        return "a TLS alert"
    if len(received) > SMALL:
        return "a large answer"
    if MARKER.encode() in received:
        return "an answer that repeats the request"
    statuses = re.findall(rb"^HTTP/1\.1 (\d{3})", received, re.M)
    if len(statuses) != 1:
        return f"{len(statuses)} answers"
    head = received.split(b"\r\n\r\n")[0].lower()
    if b"\r\nconnection: close" not in head or b"\r\ncache-control: no-store" not in head:
        return "an answer without its fields"
    return statuses[0].decode()


class Door:
    """Where a login listens, and how to speak there."""

    def __init__(self, port, state, authority):
        self.port = port
        self.state = state
        self.context = ssl.create_default_context(cafile=authority) if authority else None

    @property
    def is_tls(self):
        return self.context is not None

    def knock(self):
        """A connection on which nothing has been said."""
        peer = socket.create_connection(("127.0.0.1", self.port), 10)
        # As browsers do: a request must not wait for the acknowledgement of the handshake's end.
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return peer

    def talk(self, context=None, peer=None):
        """A connection to speak HTTP on: a new one, or one on which nothing has been said yet."""
        peer = peer or self.knock()
        if not self.is_tls:
            return peer
        try:
            return (context or self.context).wrap_socket(peer, server_hostname="127.0.0.1")
        except BaseException:
            peer.close()
            raise

    def request(self, line, *fields, host=None, version="HTTP/1.1"):
        """A request with the right `Host`."""
        host = host or f"Host: 127.0.0.1:{self.port}"
        return "\r\n".join([f"{line} {version}", host, *fields, "", ""]).encode()


class Strangers:
    """The attacks. Each takes an ExitStack for what it keeps open, and tells its answers."""

    CALLBACK = "/oauth/callback"

    def __init__(self, door, quick):
        self.door = door
        self.quick = quick
        self.chance = random.Random(5)

    def attacks(self):
        """The name, the attack, and the answers that are right."""
        for name, requests, expected in self._requests():
            yield name, self._asking(requests), (expected,)
        yield "garbage", self.garbage, ("400", "a TLS alert", *CLOSED)
        yield "an endless request line", self._endless(b"GET /" + b"a" * 65531, b"a"), ("431", *CLOSED)
        yield "an endless head", self._endless(b"GET / HTTP/1.1\r\n", b"A: b\r\n"), ("431", *CLOSED)
        yield "an endless body", self._endless(self._post(1 << 40), b"b"), ("405", *CLOSED)
        yield "500 requests, one after the other", self.repeated, ("400",)
        yield "200 idle connections", self.idle, ("gave way", "open")
        yield "200 half TLS hellos", self.half_hellos, ("gave way", "open", *CLOSED)
        yield "200 half requests", self.half_requests, ("gave way", "open", *CLOSED)
        yield "half words, and newcomers 50 ms apart", self.trickle, ("404",)
        yield "60 slow drips", self.drips, ("open", "gave way") if self.quick else CLOSED
        yield "300 resets", self.resets, ("sent",)
        yield "300 that leave at once", self.leave, ("sent",)
        yield "100 that never read", self.never_read, ("sent",)
        if self.door.is_tls:
            yield from self._tls_attacks()
        else:
            yield "TLS on the plain port", self.tls_on_plain_port, CLOSED
        yield "all at once", self.flood, ("sent",)

    def _requests(self):
        """Whole requests, by the answer that is right."""
        request, callback = self.door.request, self.CALLBACK
        code, state = f"code={MARKER}", f"state={self.door.state}"
        wrong = f"{callback}?{code}&state={MARKER}"
        yield "no state", [request(f"GET {callback}"), request(f"GET {callback}?{code}"),
                           request(f"GET {callback}?{code}&state=")], "400"
        yield "a wrong state", [
            request(f"GET {wrong}"), request(f"GET {callback}?{code}&{state}x"),
            request(f"GET {callback}?{code}&{state[:-1]}"),
            request(f"GET {callback}?{code}&STATE={self.door.state}")], "400"
        yield "a repeated state", [
            request(f"GET {callback}?{code}&{state}&{state}"),
            request(f"GET {callback}?{code}&{state}&state={MARKER}")], "400"
        yield "a forged error", [
            request(f"GET {callback}?error=access_denied"),
            request(f"GET {callback}?error=access_denied&state={MARKER}"),
            request(f"GET {callback}?error=server_error&error_description={MARKER}&state=")], "400"
        yield "the state without one code", [
            request(f"GET {callback}?{state}"), request(f"GET {callback}?{state}&{code}&{code}"),
            request(f"GET {callback}?{state}&code=%01{MARKER}"),
            request(f"GET {callback}?{state}&error=a&error=b")], "400"
        yield "HEAD", [request(f"HEAD {callback}?{code}&{state}")] * 3, "200"
        yield "other methods", [
            request(f"{method} {callback}?{code}&{state}")
            for method in ("POST", "OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "get", MARKER)
        ] + [request("OPTIONS *"), request(f"CONNECT 127.0.0.1:{self.door.port}")], "405"
        yield "tricks with the path", [
            request(f"GET {path}?{code}&{state}")
            for path in (
                f"/{callback}", f"/.{callback}", f"/%2e{callback}", f"{callback}/", f"{callback}%00",
                "/oauth/../oauth/callback", "/oauth//callback", "/oauth%2fcallback",
                "/oauth/callbac%6b", "/OAUTH/callback", f"{callback};a", "/oauth\\callback",
                f"//127.0.0.1{callback}", "/")
        ] + [request(f"GET http://127.0.0.1:{self.door.port}?{code}&{state}")], "404"
        yield "an absolute target", [
            request(f"GET http://127.0.0.1:{self.door.port}{wrong}")], "400"
        yield "a foreign absolute target", [
            request(f"GET http://{host}{callback}?{code}&{state}")
            for host in (f"{MARKER}.example", "127.0.0.1", "127.0.0.1:1", "user@127.0.0.1", "")], "421"
        yield "a foreign Host", [
            request(f"GET {callback}?{code}&{state}", host=f"Host: {host}")
            for host in (f"{MARKER}.example", "127.0.0.1", f"127.0.0.1.:{self.door.port}",
                         f"localhost:{self.door.port}", "0x7f000001", "")], "421"
        host = f"Host: 127.0.0.1:{self.door.port}"
        yield "no Host, or two", [
            request(f"GET {callback}?{code}&{state}", host="Accept: */*"),
            request(f"GET {callback}?{code}&{state}", host)], "400"
        yield "favicon and company", [
            request(f"GET {path}") for path in ("/favicon.ico", "/robots.txt", "/.well-known/x")], "404"
        yield "bodies", [
            self._post(300_000) + b"b" * 300_000,
            request(f"POST {callback}", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
            request(f"POST {callback}", "Content-Length: 10", "Transfer-Encoding: chunked") + b"0\r\n"
        ], "405"
        yield "a GET with a body", [
            request(f"GET {wrong}", "Content-Length: 300000") + b"b" * 300_000], "400"
        yield "pipelined requests", [request(f"GET /{MARKER}") * 50,
                                     request("GET /") + request(f"HEAD {callback}?{code}&{state}")], "404"
        yield "HTTP/0.9", [f"GET {callback}?{code}&{state}\r\n".encode(), b"GET /\r\n\r\n"], "400"
        yield "HTTP/2 and 3", [
            request(f"GET {callback}?{code}&{state}", version=version)
            for version in ("HTTP/2.0", "HTTP/3.0", "HTTP/1.2", "HTTP/0.9")], "505"
        yield "no HTTP", [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/2\r\n\r\n", b"SSH-2.0-x\r\n", b"EHLO me\r\n", b"\r\n\r\n\r\n",
            b"\0\0\0\0", b"GET  / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
            b"GET / HTTP/1.1\r\n A: b\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: \0\r\n\r\n", b"GET /#x HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"
        ], "400"
        yield "oversized heads", [
            request("GET /", f"A: {'a' * 17_000}"), request("GET /" + "a" * 17_000),
            request("GET /", *["A: b"] * 101), b"GET /" + b"a" * 17_000], "431"

    def _post(self, length):
        return self.door.request(f"POST {self.CALLBACK}", f"Content-Length: {length}")

    def _asking(self, requests):
        def attack(held):
            del held
            for request in requests:
                yield self._ask(request)
        return attack

    def _ask(self, request):
        try:
            with self.door.talk() as peer:
                peer.sendall(request)
                return answer(peer)
        except OSError as error:
            return words(error)

    def garbage(self, held):
        """Random bytes, also such as begin like a TLS record, or within TLS."""
        del held
        for number in range(50):
            is_record = number % 2 == 1
            garbage = self.chance.randbytes(self.chance.randrange(1, 4000)) + b"\r\n\r\n"
            try:
                with (self.door.knock() if is_record else self.door.talk()) as peer:
                    peer.sendall(b"\x16\x03\x01" + garbage if is_record else garbage)
                    if is_record:
                        # It may be the beginning of a longer record.
                        peer.shutdown(socket.SHUT_WR)
                    yield answer(peer)
            except OSError as error:
                yield words(error)

    def _endless(self, head, more):
        """Goes on sending until nobody takes it any more."""
        chunk = more * (65536 // len(more))

        def attack(held):
            del held
            with self.door.talk() as peer:
                peer.settimeout(10)
                sent = 0
                try:
                    peer.sendall(head)
                    while sent < ENDLESS:
                        sent += peer.send(chunk)
                    yield "all was taken"
                except TimeoutError:
                    yield "silence"
                except OSError:
                    # It was closed on us; an answer may have come before.
                    try:
                        yield answer(peer)
                    except OSError as error:
                        yield words(error)
        return attack

    def repeated(self, held):
        del held
        request = self.door.request(f"GET {self.CALLBACK}?code={MARKER}&state={MARKER}")
        for _ in range(100 if self.quick and self.door.is_tls else 500):
            yield self._ask(request)

    def _crowd(self, held, count, first_words, speak=False):
        """So many at once, who say the first words, or none, and no more."""
        peers = []
        for _ in range(count):
            try:
                peer = held.enter_context(self.door.talk() if speak else self.door.knock())
                if first_words:
                    peer.sendall(first_words)
                peers.append(peer)
            except OSError:
                yield "gave way"
        yield from self._places(peers)

    @staticmethod
    def _places(peers):
        """Who still has a place, a moment later."""
        time.sleep(0.1)
        for peer in peers:
            peer.settimeout(0)
            try:
                yield "gave way" if not peer.recv(65536) else "open"
            except (BlockingIOError, ssl.SSLWantReadError):
                yield "open"
            except OSError:
                yield "gave way"

    def idle(self, held):
        return self._crowd(held, 200, b"")

    def half_hellos(self, held):
        return self._crowd(held, 200, HALF_HELLO)

    def half_requests(self, held):
        count = 70 if self.quick and self.door.is_tls else 200
        return self._crowd(held, count, b"GET /oauth/callback?sta", speak=True)

    def trickle(self, held):
        """They take up every place, and one more comes every 50 ms. A browser behind a tunnel says
        its first word 100 ms after it has connected."""
        half = HALF_HELLO if self.door.is_tls else b"G"
        for _ in range(64):
            held.enter_context(self.door.knock()).sendall(half)
        for _ in range(5 if self.quick else 20):
            browser = self.door.knock()
            for _ in range(2):
                time.sleep(0.05)
                held.enter_context(self.door.knock())
            try:
                with self.door.talk(peer=browser) as peer:
                    peer.sendall(self.door.request("GET /browser"))
                    yield answer(peer)
            except OSError as error:
                yield words(error)

    def drips(self, held):
        """A byte now and then, and never the end of the line."""
        peers = [held.enter_context(self.door.talk()) for _ in range(60)]
        end = time.monotonic() + (0.5 if self.quick else 13)
        while time.monotonic() < end:
            for peer in peers:
                try:
                    peer.send(b"G")
                except OSError:
                    pass
            time.sleep(0.02)
        if self.quick:
            return self._places(peers)
        return ("closed" if got == "gave way" else got for got in self._places(peers))

    def resets(self, held):
        del held
        for number in range(300):
            with self.door.knock() as peer:
                peer.sendall((b"GET /oauth/call", self.door.request("GET /"), HALF_HELLO)[number % 3])
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            yield "sent"

    def leave(self, held):
        del held
        for _ in range(300):
            self.door.knock().close()
            yield "sent"

    def never_read(self, held):
        """They ask for a page, and leave it lying."""
        peers = []
        for _ in range(100):
            peer = held.enter_context(self.door.talk())
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            peer.sendall(self.door.request(f"GET {self.CALLBACK}?state=x"))
            peers.append(peer)
        time.sleep(0.1)
        return ("sent" for _ in peers)

    def _tls_attacks(self):
        yield "plain http on the TLS port", self.plain_on_tls_port, ("400",)
        yield "a TLS too old", self.old_tls, ("refused",)
        yield "half hellos, and a browser that looks at the certificate", self.crowd_of_hellos, ("404",)
        yield "hellos without end", self.hellos, ("sent",)
        yield "50 that refuse the certificate", self.refuse_certificate, ("refused",)
        yield "50 that shake hands and leave", self.shake_hands, ("sent",)
        yield "garbage within a session", self.garbage_in_session, (*CLOSED, "refused")
        yield "a hello that never ends", self.endless_hello, (*CLOSED, "refused")

    def plain_on_tls_port(self, held):
        del held
        for _ in range(20):
            with self.door.knock() as peer:
                peer.sendall(self.door.request(f"GET {self.CALLBACK}?code={MARKER}"))
                yield answer(peer)

    def old_tls(self, held):
        del held
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        yield from self._handshakes(context, 20)

    def crowd_of_hellos(self, held):
        """While a browser looks at the certificate, more strangers come than there are places."""
        for _ in range(1 if self.quick else 5):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            session = self.door.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
            with contextlib.suppress(ssl.SSLWantReadError):
                session.do_handshake()
            with self.door.knock() as browser:
                try:
                    browser.sendall(outgoing.read())
                    incoming.write(browser.recv(65536))
                    session.do_handshake()
                    for _ in range(200):
                        held.enter_context(self.door.knock()).sendall(HALF_HELLO)
                    session.write(self.door.request("GET /browser"))
                    browser.sendall(outgoing.read())
                    while chunk := browser.recv(65536):
                        incoming.write(chunk)
                    yield verdict(session.read(65536))
                except OSError as error:
                    yield words(error)

    def hellos(self, held):
        """Two processes say hello as fast as they can, one of them half of it, and never go on."""
        del held
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with contextlib.suppress(ssl.SSLWantReadError):
            self.door.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1").do_handshake()
        sendings = [outgoing.read(), HALF_HELLO]
        return self._by_processes(lambda seed, end, counts: self._greet(sendings[seed % 2], end, counts))

    def _greet(self, hello, end, counts):
        count, peers = 0, collections.deque()
        while time.monotonic() < end:
            count += 1
            with contextlib.suppress(OSError):
                peers.append(self.door.knock())
                peers[-1].sendall(hello)
            if len(peers) > 200:
                peers.popleft().close()
        counts.put(count)

    def refuse_certificate(self, held):
        del held
        yield from self._handshakes(ssl.create_default_context(cadata=""), 50)

    def _handshakes(self, context, count):
        for _ in range(count):
            try:
                self.door.talk(context).close()
                yield "sent"
            except OSError as error:
                yield words(error)

    def shake_hands(self, held):
        del held
        yield from self._handshakes(self.door.context, 50)

    def garbage_in_session(self, held):
        """Bytes that are no TLS record, behind a handshake that was right."""
        del held
        for _ in range(20):
            with self.door.talk() as peer:
                with socket.socket(fileno=peer.detach()) as bare:
                    bare.sendall(self.chance.randbytes(2000))
                    # What is still encrypted can't be read here: only the end can be seen.
                    bare.settimeout(10)
                    try:
                        while bare.recv(65536):
                            pass
                        yield "closed"
                    except OSError as error:
                        yield words(error)

    def endless_hello(self, held):
        """Handshake records without end: a message of 16 MiB (RFC 8446 §4)."""
        del held
        with self.door.knock() as peer:
            peer.settimeout(10)
            try:
                peer.sendall(b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(16380))
                for _ in range(1024):
                    peer.sendall(b"\x16\x03\x01\x40\x00" + bytes(16384))
                yield "all was taken"
            except TimeoutError:
                yield "silence"
            except OSError:
                yield "closed"

    def tls_on_plain_port(self, held):
        del held
        context = ssl.create_default_context()
        for _ in range(20):
            with self.door.knock() as peer:
                try:
                    context.wrap_socket(peer, server_hostname="127.0.0.1")
                    yield "a handshake"
                except OSError as error:
                    yield "closed" if isinstance(error, ssl.SSLError) else words(error)

    def flood(self, held):
        """Two processes do all of it in any order, as fast as they can."""
        del held
        return self._by_processes(self._rage)

    def _by_processes(self, rage):
        """What two processes do until the time is up. (Threads would slow down the bystander, who is to
        be slowed down by nothing but the login.)"""
        end = time.monotonic() + (0.7 if self.quick else 5)
        context = multiprocessing.get_context("fork")
        counts = context.SimpleQueue()

        def run(seed):
            # Who takes the processor away slows everybody: here it is about the door.
            os.nice(10)
            rage(seed, end, counts)

        ragers = [context.Process(target=run, args=(seed,)) for seed in (1, 2)]
        for rager in ragers:
            rager.start()
        for rager in ragers:
            rager.join()
        return ["sent"] * sum(counts.get() for _ in ragers)

    def _rage(self, seed, end, counts):
        chance = random.Random(seed)
        sendings = [request for _, requests, _ in self._requests() for request in requests]
        sendings += [b"", HALF_HELLO, b"GET /oau", b"\x16"]
        count, peers = 0, []
        while time.monotonic() < end:
            count += 1
            try:
                peer = self.door.knock() if chance.random() < 0.8 else self.door.talk()
                peer.settimeout(0.2)
                peers.append(peer)
                peer.sendall(chance.choice(sendings)[:20_000])
            except OSError:
                pass
            if len(peers) > 150:
                for peer in peers:
                    peer.close()
                peers = []
        counts.put(count)

    def occupy(self, held):
        """Takes up every place there is, with peers who are silent or slow, and stays."""
        for number in range(80):
            peer = held.enter_context(self.door.knock())
            peer.sendall((b"", b"GET /oauth/callb", HALF_HELLO)[number % 3] if not self.door.is_tls
                         else (b"", HALF_HELLO)[number % 2])
