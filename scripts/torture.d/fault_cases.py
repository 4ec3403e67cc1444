"""What a token endpoint can do wrong, and what must come of it."""

import gzip
import json
import time
import zlib
from email.utils import formatdate

from world import SCOPES

ACCESS, REFRESH = "new-access-Zm9vYmFy", "new-refresh-YmF6cXV4"
#: What goes in, and must never come out.
OLD_ACCESS, OLD_REFRESH, CLIENT_SECRET = "old-access-c2VjcmV0", "old-refresh-aGlkZGVu", "s3cr3t-Y2xpZW50"


class Expected:
    """A sort of answer: exit code, failure code, words, and what the next run does."""

    def __init__(self, name, status, codes, words, sends_again):
        self.name = name
        self.status = status
        self.codes = codes
        self.words = words
        self.sends_again = sends_again


GRANTED = Expected("granted", 0, {None}, "", False)
REFUSED = Expected("login needed", 3, {"grant_refused"}, "refused the refresh token", False)
CLIENT = Expected("misconfigured", 4, {"client_refused"}, "no token was used", True)
BUSY = Expected("temporary", 75, {"rate_limited"}, "nothing was changed", True)
ALONE = Expected("refresh token alone", 75, {"no_access_token"}, "it is saved", True)
UNKNOWN = Expected("outcome unknown", 75, {"outcome_unknown"}, ("may or may not", "refused the renewal"), False)


def lost(*codes):
    """No answer, or none that is one, to a request that was sent."""
    return Expected(
        "outcome unknown", 75, set(codes), ("may or may not", "refused the renewal"), False)


def unsent(status, *codes):
    """The request provably never left."""
    return Expected("not sent", status, set(codes), "nothing was sent", True)


class Case:
    def __init__(self, name, fault, expected, *, access=ACCESS, refresh=REFRESH, early=False,
                 identity=None, highest=None, address=None, slow=False):
        self.name = name
        self.fault = fault
        self.expected = expected
        #: The tokens that must be in the file afterwards, if this is `GRANTED`.
        self.access, self.refresh = access, refresh
        self.early = early
        self.identity = identity
        self.highest = highest
        self.address = address
        #: Whether it takes the whole deadline.
        self.slow = slow


def tokens(**changes):
    body = {
        "token_type": "bearer", "expires_in": 7200, "access_token": ACCESS, "scope": SCOPES,
        "refresh_token": REFRESH, **changes,
    }
    return json.dumps({name: value for name, value in body.items() if value is not ...})


def http(status=200, body=None, *fields, type="application/json;charset=utf-8", length=True,
         reason="Reason", version="HTTP/1.1"):
    body = tokens() if body is None else body
    body = body.encode() if isinstance(body, str) else body
    head = [f"{version} {status} {reason}"]
    if type:
        head.append(f"Content-Type: {type}")
    if length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, *fields, "Connection: close", "", ""]).encode() + body


def sends(data):
    return lambda connection: connection.send(data)


def error(code, description=None, status=400, *fields):
    body = {"error": code}
    if description is not None:
        body["error_description"] = description
    return sends(http(status, json.dumps(body), *fields))


def chunked(*chunks, end=b"0\r\n\r\n", fields=()):
    head = "\r\n".join(
        ["HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked", *fields,
         "", ""]).encode()
    return head + b"".join(chunks) + end


def chunk(data, extension=b"", upper=False):
    size = f"{len(data):X}" if upper else f"{len(data):x}"
    return size.encode() + extension + b"\r\n" + data + b"\r\n"


PAGE = "<!doctype html><title>Oops</title><p>Something went wrong\x1b[31m"


def bodies():
    """A success in every form but the right one."""
    whole = tokens().encode()
    for name, body, expected in (
        ("HTML", PAGE, UNKNOWN),
        ("empty", "", UNKNOWN),
        ("array", f"[{tokens()}]", UNKNOWN),
        ("empty array", "[]", UNKNOWN),
        ("empty object", "{}", UNKNOWN),
        ("null", "null", UNKNOWN),
        ("number", "42", UNKNOWN),
        ("string", '"yes"', UNKNOWN),
        ("nested", f'{{"data":{tokens()}}}', UNKNOWN),
        ("truncated", whole[:-20], UNKNOWN),
        ("truncated in a token", whole[:whole.index(b"new-access") + 6], UNKNOWN),
        ("garbage behind", whole + b"garbage", UNKNOWN),
        ("two objects", whole + whole, UNKNOWN),
        ("NUL bytes", b"\0" * 500, UNKNOWN),
        ("random bytes", bytes(range(256)) * 4, UNKNOWN),
        ("deep nesting", "[" * 100_000, UNKNOWN),
        ("deep nesting in a member", tokens(more=...)[:-1] + ',"m":' + "[" * 5000 + "]" * 5000 + "}",
         UNKNOWN),
        ("bad UTF-8 in a member", whole[:-1] + b',"m":"\xff\xfe"}', GRANTED),
        ("form", "access_token=new-access&token_type=bearer", UNKNOWN),
        ("white space around", b" \r\n\t" + whole + b" \r\n", GRANTED),
        ("BOM", b"\xef\xbb\xbf" + whole, GRANTED),
        ("UTF-16", whole.decode().encode("utf-16"), GRANTED),
        ("UTF-16 big endian, no mark", whole.decode().encode("utf-16-be"), GRANTED),
        ("UTF-32", whole.decode().encode("utf-32"), UNKNOWN),
        ("200 KB of white space", whole[:-1] + b" " * 200_000 + b"}", GRANTED),
        ("900 KB of another member", whole[:-1] + b',"m":"' + b"x" * 900_000 + b'"}', GRANTED),
    ):
        yield Case(f"200 {name}", sends(http(200, body)), expected)


def members():
    """Members that are missing, of another type, or twice."""
    for name, changes, expected, refresh in (
        ("no access token", {"access_token": ...}, ALONE, REFRESH),
        ("access token null", {"access_token": None}, ALONE, REFRESH),
        ("access token empty", {"access_token": ""}, ALONE, REFRESH),
        ("access token of blanks", {"access_token": " \t "}, ALONE, REFRESH),
        ("access token number", {"access_token": 42}, ALONE, REFRESH),
        ("access token array", {"access_token": [ACCESS]}, ALONE, REFRESH),
        ("neither token", {"access_token": ..., "refresh_token": ...}, UNKNOWN, None),
        ("both of blanks", {"access_token": "  ", "refresh_token": " "}, UNKNOWN, None),
        ("no refresh token", {"refresh_token": ...}, GRANTED, OLD_REFRESH),
        ("refresh token null", {"refresh_token": None}, GRANTED, OLD_REFRESH),
        ("refresh token empty", {"refresh_token": ""}, GRANTED, OLD_REFRESH),
        ("refresh token number", {"refresh_token": 42}, UNKNOWN, None),
        ("refresh token the same", {"refresh_token": OLD_REFRESH}, GRANTED, OLD_REFRESH),
        ("no token type", {"token_type": ...}, GRANTED, REFRESH),
        ("token type Bearer", {"token_type": "Bearer"}, GRANTED, REFRESH),
        ("token type mac", {"token_type": "mac"}, ALONE, REFRESH),
        ("token type number", {"token_type": 1}, ALONE, REFRESH),
        ("token type mac, no refresh token", {"token_type": "mac", "refresh_token": ...}, UNKNOWN,
         None),
        ("no expires_in", {"expires_in": ...}, GRANTED, REFRESH),
        ("expires_in text", {"expires_in": "7200"}, GRANTED, REFRESH),
        ("expires_in fraction", {"expires_in": 7200.5}, GRANTED, REFRESH),
        ("expires_in negative", {"expires_in": -1}, GRANTED, REFRESH),
        ("expires_in huge", {"expires_in": 10**30}, GRANTED, REFRESH),
        ("expires_in nonsense", {"expires_in": "soon"}, GRANTED, REFRESH),
        ("no scope", {"scope": ...}, GRANTED, REFRESH),
        ("scope null", {"scope": None}, GRANTED, REFRESH),
        ("scope array", {"scope": SCOPES.split()}, GRANTED, REFRESH),
        ("scope with a newline", {"scope": "a\nX_OAUTH2_REFRESH_TOKEN=evil"}, GRANTED, REFRESH),
        ("unknown members", {"id_token": "x", "session_state": {"a": [1]}}, GRANTED, REFRESH),
    ):
        yield Case(
            name, sends(http(200, tokens(**changes))), expected, refresh=refresh or REFRESH)
    yield Case(
        "expires_in beyond a number", sends(http(200, tokens().replace("7200", "1e999"))), GRANTED)
    yield Case(
        "access token twice", sends(http(200, tokens()[:-1] + f', "access_token": "{ACCESS}"}}')),
        GRANTED)
    yield Case(
        "refresh token twice", sends(http(200, tokens()[:-1] + ', "refresh_token": "other"}')),
        GRANTED)
    yield Case(
        "escaped letters", sends(http(200, tokens().replace("new-access", "n\\u0065w\\u002daccess"))),
        GRANTED)


def odd_tokens():
    """Tokens that a `.env` could trip over."""
    for name, text in (
        ("double quote", 'a"b'), ("single quote", "a'b"), ("both quotes", "a'b\"c"), ("dollar", "a$b"),
        ("braces", "a${HOME}b"), ("command", "a$(id)b"), ("backtick", "a`id`b"), ("hash", "a#b"),
        ("hash after a space", "a #b"), ("backslash", "a\\b"), ("backslash at the end", "ab\\"),
        ("spaces", " a b "), ("equals", "=a="), ("tilde", "~root"), ("percent", "%41%00"),
        ("everything", "".join(map(chr, range(0x20, 0x7F)))), ("16 KB", "t" * 16384),
    ):
        yield Case(f"tokens: {name}", sends(http(200, tokens(access_token=text, refresh_token=text))),
                   GRANTED, access=text, refresh=text)
    for name, text in (
        ("newline", "a\nb"), ("carriage return", "a\rb"), ("a line of ours", "a\nCLIENT_ID=evil"),
        ("NUL", "a\0b"), ("escape sequence", "a\x1b]0;evil\x07b"), ("tab", "a\tb"),
        ("delete", "a\x7fb"), ("C1 control", "a\x9bb"), ("non-ASCII", "tökén"), ("emoji", "a😀b"),
        ("right to left", "a\u202eb"), ("line separator", "a\u2028b"), ("100 KB", "t" * 100_000),
    ):
        yield Case(f"access token: {name}", sends(http(200, tokens(access_token=text))), ALONE)
        yield Case(f"refresh token: {name}", sends(http(200, tokens(refresh_token=text))), UNKNOWN)
    yield Case("access token: half a surrogate",
               sends(http(200, tokens().replace(ACCESS, "a\\ud800b"))), ALONE)


def statuses(elsewhere):
    """Other statuses than 200."""
    for status in (201, 202, 203, 206, 226, 299):
        yield Case(f"{status} with tokens", sends(http(status)), GRANTED)
    for status in (204, 205, 304):
        yield Case(f"{status}", sends(http(status, b"", length=False, type=None)), UNKNOWN)
    for status in (300, 301, 302, 303, 305, 307, 308):
        location = f"Location: {elsewhere}/2/oauth2/token"
        yield Case(f"{status} elsewhere", sends(http(status, PAGE, location, type="text/html")), UNKNOWN)
        yield Case(f"{status} elsewhere, with tokens", sends(http(status, None, location)), UNKNOWN)
    yield Case("200 with a Location and Refresh", sends(http(
        200, None, f"Location: {elsewhere}/", f"Refresh: 0; url={elsewhere}/")), GRANTED)
    yield Case("200 with a Link and cookies", sends(http(
        200, None, f"Link: <{elsewhere}/>; rel=preload", "Set-Cookie: a=b", "Alt-Svc: h2=\":443\"")),
        GRANTED)
    for status in (400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 413, 414, 415, 418, 421, 425,
                   431, 451, 499):
        yield Case(f"{status} HTML", sends(http(status, PAGE, type="text/html")), UNKNOWN)
    for status in (500, 501, 502, 503, 504, 505, 507, 511, 520, 522, 524, 598, 599):
        yield Case(f"{status}", sends(http(status, PAGE, "Retry-After: 1", type="text/html")), UNKNOWN)
        yield Case(f"{status} with an OAuth error",
                   error("invalid_grant", "Value passed for the token was invalid.", status), UNKNOWN)
    for status in (600, 700, 999):
        yield Case(f"{status}", sends(http(status)), lost("outcome_unknown", "not_http"))
    for status in ("099", "000", "-200", "abc", "20", "2000", ""):
        yield Case(f"status \"{status}\"", sends(http(status)),
                   lost("not_http", "outcome_unknown", "timed_out_waiting", "connection_lost"))


def refusals():
    """OAuth errors of every kind."""
    invalid = "Value passed for the token was invalid."
    yield Case("invalid_request: the token", error("invalid_request", invalid), REFUSED)
    yield Case("invalid_grant", error("invalid_grant"), REFUSED)
    yield Case("invalid_grant, 401", error("invalid_grant", "expired", 401), REFUSED)
    yield Case("invalid_grant, 403", error("invalid_grant", "revoked", 403), REFUSED)
    for code, description in (
        ("invalid_client", None), ("unauthorized_client", "Missing valid authorization header"),
        ("unsupported_grant_type", None), ("invalid_scope", "The scope is unknown"),
        ("invalid_request", "Missing required parameter [refresh_token]."),
        ("invalid_request", None), ("invalid_request", ""), ("something_new", "Something new"),
        ("", "nothing"),
    ):
        expected = CLIENT if code else UNKNOWN
        yield Case(f"400 {code or 'empty error'}: {description}", error(code, description), expected)
    for code in ("server_error", "temporarily_unavailable"):
        yield Case(f"400 {code}", error(code), UNKNOWN)
    challenge = 'WWW-Authenticate: Basic realm="x", charset="UTF-8"'
    for name, fields in (("with a challenge", (challenge,)), ("without a challenge", ()),
                         ("with Bearer", ("WWW-Authenticate: Bearer",)),
                         ("with Negotiate", ("WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"))):
        yield Case(f"401 {name}", error(
            "unauthorized_client", "Missing valid authorization header", 401, *fields), CLIENT)
        yield Case(f"401 {name}, empty", sends(http(401, b"", *fields)), UNKNOWN)
    yield Case("407", sends(http(407, PAGE, "Proxy-Authenticate: Basic realm=x")),
               lost("outcome_unknown", "proxy_failed"))
    yield Case("403 with an OAuth error", error("unauthorized_client", "no", 403), CLIENT)
    yield Case("400 errors array", sends(http(400, '{"errors":[{"message":"no"}],"title":"x"}')), UNKNOWN)
    yield Case("400 error is a number", sends(http(400, '{"error":42}')), UNKNOWN)
    yield Case("400 error is an object", sends(http(400, '{"error":{"code":"invalid_grant"}}')), UNKNOWN)
    yield Case("400 description is an array",
               sends(http(400, '{"error":"invalid_grant","error_description":["x"]}')), REFUSED)
    for name, text in (
        ("escape sequences", "\x1b]0;evil\x07\x1b[2J\x9b31m"), ("newlines", "a\n\n\nxauth: renewed\r\n"),
        ("NUL", "a\0b"), ("100 KB", "long " * 20_000), ("bidi", "\u202eevil\u2066\u2028"),
        ("the refresh token", f"token {OLD_REFRESH} is bad"),
        ("the client secret", f"secret {CLIENT_SECRET} is bad"),
        ("the access token", f"token {OLD_ACCESS} is bad"),
    ):
        yield Case(f"400 saying {name}", error("invalid_grant", text), REFUSED)
        yield Case(f"401 saying {name}", error("unauthorized_client", text, 401), CLIENT)
        yield Case(f"400 error is {name}", error(text), CLIENT)


def limits():
    """Too many requests: nothing is spent."""
    for name, fields in (
        ("without a time", ()), ("seconds", ("Retry-After: 17",)),
        ("date", (f"Retry-After: {formatdate(time.time() + 90, usegmt=True)}",)),
        ("date in the past", ("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT",)),
        ("nonsense", ("Retry-After: tomorrow\x1b[31m",)), ("negative", ("Retry-After: -5",)),
        ("huge", ("Retry-After: 99999999999999999999999",)), ("empty", ("Retry-After:",)),
        ("X's reset", (f"x-rate-limit-reset: {int(time.time()) + 900}",)),
        ("X's reset in the past", ("x-rate-limit-reset: 1",)),
        ("twice", ("Retry-After: 1", "Retry-After: 2")),
    ):
        yield Case(f"429 {name}", sends(http(429, PAGE, *fields, type="text/html")), BUSY)
    yield Case("429 with tokens", sends(http(429)), BUSY)
    yield Case("429 with invalid_grant", error("invalid_grant", None, 429), BUSY)


def framing():
    """Ways of saying where a body ends."""
    whole = tokens().encode()
    half = len(whole) // 2
    broken = lost("connection_lost", "not_http", "network", "outcome_unknown", "answer_too_large")
    yield Case("no length", sends(http(length=False)), GRANTED)
    yield Case("length too long", sends(http(200, None, f"Content-Length: {len(whole) + 50}",
                                             length=False)), GRANTED)
    yield Case("length too short", sends(http(200, None, f"Content-Length: {half}", length=False)), UNKNOWN)
    for text in ("-1", "abc", "1e3", "0x40", "99999999999999999999", ""):
        yield Case(f"length \"{text}\"", sends(http(200, None, f"Content-Length: {text}", length=False)),
                   Expected("either", None, set(), "", None))
    yield Case("two lengths", sends(http(200, None, f"Content-Length: {half}")),
               Expected("either", None, set(), "", None))
    yield Case("chunked", sends(chunked(chunk(whole))), GRANTED)
    yield Case("chunks of one byte", sends(chunked(*(chunk(bytes([b])) for b in whole))), GRANTED)
    yield Case("chunk extensions", sends(chunked(chunk(whole[:half], b";a=\"b\""), chunk(whole[half:], b" "))),
               GRANTED)
    yield Case("chunk sizes in capitals", sends(chunked(chunk(whole + b" " * 175, upper=True))), GRANTED)
    yield Case("chunk sizes with zeros", sends(chunked(b"0000" + chunk(whole))), GRANTED)
    yield Case("chunked with trailers", sends(chunked(
        chunk(whole), end=b"0\r\nLocation: http://elsewhere/\r\nX: y\r\n\r\n")), GRANTED)
    yield Case("chunked and a length", sends(chunked(chunk(whole), fields=("Content-Length: 3",))), GRANTED)
    yield Case("chunked twice", sends(chunked(chunk(whole), fields=("Transfer-Encoding: chunked",))),
               Expected("either", None, set(), "", None))
    yield Case("chunked without an end", sends(chunked(chunk(whole), end=b"")), GRANTED)
    yield Case("chunk cut short", sends(chunked(b"400\r\n" + whole, end=b"")), GRANTED)
    yield Case("chunk size nonsense", sends(chunked(b"zz\r\n" + whole, end=b"")), broken)
    yield Case("chunk size negative", sends(chunked(b"-5\r\n" + whole, end=b"")), broken)
    yield Case("chunk size beyond a number", sends(chunked(b"f" * 40 + b"\r\n" + whole, end=b"")), broken)
    yield Case("endless chunk size", lambda c: (c.send(chunked(end=b"")), c.flood(b"0" * 65536)), broken)
    yield Case("gzip unasked", sends(http(200, gzip.compress(whole), "Content-Encoding: gzip")), UNKNOWN)
    yield Case("deflate unasked", sends(http(200, zlib.compress(whole), "Content-Encoding: deflate")), UNKNOWN)
    yield Case("gzip claimed", sends(http(200, None, "Content-Encoding: gzip")), GRANTED)
    yield Case("gzip as a transfer", sends(http(
        200, gzip.compress(whole), "Transfer-Encoding: gzip", length=False)),
        Expected("either", None, set(), "", None))
    for kind in ("text/plain", "text/html", "application/octet-stream", "image/png", "a/b; charset=utf-7",
                 None):
        yield Case(f"tokens as {kind}", sends(http(type=kind)), GRANTED)


def heads():
    """Heads that aren't."""
    odd = lost("not_http", "connection_lost", "network")
    whole = tokens().encode()
    yield Case("HTTP/0.9", sends(tokens()), odd)
    yield Case("HTTP/1.0", sends(http(version="HTTP/1.0")), GRANTED)
    yield Case("HTTP/2 in plain text", sends(http(version="HTTP/2")), Expected("either", None, set(), "", None))
    yield Case("HTTP/3.0", sends(http(version="HTTP/3.0")), odd)
    yield Case("lower case http", sends(http(version="http/1.1")), GRANTED)
    yield Case("ICY", sends(http(version="ICY")), odd)
    yield Case("SSH", sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"), odd)
    yield Case("binary", sends(bytes(range(256)) * 20), odd)
    yield Case("line feeds alone", sends(http().replace(b"\r\n", b"\n")), GRANTED)
    yield Case("NUL in the head", sends(http(200, None, "X: a\0b")), odd)
    yield Case("control characters in the head", sends(http(200, None, "X: \x1b[31m\x9b")), GRANTED)
    yield Case("folded field", sends(http(200, None, "X: a\r\n b")), GRANTED)
    yield Case("field without a colon", sends(http(200, None, "nothing")), Expected("either", None, set(), "", None))
    yield Case("1000 fields", sends(http(200, None, *(f"X-{n}: y" for n in range(1000)))), GRANTED)
    yield Case("100 KB of fields", sends(http(200, None, *(f"X-{n}: {'y' * 90}" for n in range(1000)))),
               lost("answer_too_large"))
    yield Case("100 Continue first", sends(b"HTTP/1.1 100 Continue\r\n\r\n" + http()), GRANTED)
    yield Case("103 Early Hints first", sends(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + http()), GRANTED)
    yield Case("100 Continue alone", sends(b"HTTP/1.1 100 Continue\r\n\r\n"), odd)
    yield Case("101 Switching Protocols", sends(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        lost("outcome_unknown", "not_http", "connection_lost", "network", "timed_out_waiting"))
    yield Case("half a head", sends(b"HTTP/1.1 200 OK\r\nContent-Ty"), lost("connection_lost", "outcome_unknown", "not_http"))
    yield Case("status line alone", sends(b"HTTP/1.1 200 OK\r\n"), lost("connection_lost", "outcome_unknown", "not_http"))
    yield Case("two answers", sends(http() + http(500, "no")), GRANTED)
    yield Case("answer before the request", lambda c: (c.send(http()), c.request()),
               Expected("either", None, set(), "", None), early=True)
    del whole


def endings():
    """Connections that end, and answers that don't."""
    gone = lost("connection_lost", "network")
    # Whether the request had left by then is a race, and what is said must be what happened: "X may or may
    # not have renewed the token", or "nothing was sent".
    early = Expected("lost or not sent", 75, {"connection_lost", "network"}, ("may or may not", "nothing was sent"), False)
    yield Case("reset before the request was taken", lambda c: c.reset(), early, early=True)
    yield Case("closed before the request was taken", lambda c: None, early, early=True)
    yield Case("reset after the request was taken", lambda c: c.reset(), gone)
    yield Case("closed after the request was taken", lambda c: None, gone)
    yield Case("reset in the head", lambda c: (c.send(b"HTTP/1.1 200 OK\r\nCon"), c.wait(0.05), c.reset()), gone)
    yield Case("reset in the body", lambda c: (
        c.send(http()[:-30]), c.wait(0.05), c.reset()), gone)
    yield Case("reset behind the body", lambda c: (c.send(http()), c.wait(0.05), c.reset()), GRANTED)
    large = lost("answer_too_large")
    yield Case("100 MB with a length", lambda c: (
        c.send(http(200, b"", f"Content-Length: {100 << 20}", length=False)), c.flood(b"x" * 65536)), large)
    yield Case("100 MB in chunks", lambda c: (
        c.send(chunked(end=b"")), c.flood(chunk(b"x" * 65536))), large)
    yield Case("endless body", lambda c: (
        c.send(http(200, b"", length=False)), c.flood(b"{" * 65536)), large)
    yield Case("endless head", lambda c: (
        c.send(b"HTTP/1.1 200 OK\r\n"), c.flood(b"X: " + b"y" * 1000 + b"\r\n")), large)
    yield Case("endless field", lambda c: (
        c.send(b"HTTP/1.1 200 OK\r\nX: "), c.flood(b"y" * 65536)), large)
    yield Case("endless status line", lambda c: (
        c.send(b"HTTP/1.1 200 "), c.flood(b"y" * 65536)), large)
    yield Case("endless trailers", lambda c: (
        c.send(chunked(chunk(tokens().encode()), end=b"0\r\n")), c.flood(b"X: " + b"y" * 1000 + b"\r\n")),
        GRANTED)
    yield Case("endless 100 Continue", lambda c: c.flood(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
               lost("answer_too_large"))
    late = lost("timed_out_waiting")
    yield Case("delay past the deadline", lambda c: (c.wait(16), c.send(http())), late, slow=True)
    yield Case("silence before the request is read", lambda c: c.wait(16), late, early=True, slow=True)
    yield Case("slow drip of the head", lambda c: c.drip(http(), 0.4), late, slow=True)
    yield Case("slow drip of the body", lambda c: (
        c.send(http()[:-60]), c.drip(tokens().encode()[-60:], 0.4)), late, slow=True)
    yield Case("slow drip of chunks", lambda c: (
        c.send(chunked(end=b"")), c.drip(b"".join(chunk(b" ") for _ in range(500)), 0.3, 6)), late, slow=True)
    yield Case("slow drip of 100 Continue", lambda c: c.drip(
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200, 0.3, 25), late, slow=True)
    yield Case("body, and no end of it", lambda c: (
        c.send(http(200, None, "Content-Length: 5000", length=False)), c.wait(16)), GRANTED,
        slow=True)
    yield Case("slow, but in time", lambda c: c.drip(http(), 0.01, 4), GRANTED)


def encrypted(certificates):
    """TLS as it shouldn't be."""
    import ssl
    whole = sends(http())

    def identity(name):
        return certificates.chain(name), certificates.key(name)

    yield Case("TLS", whole, GRANTED, identity=identity("good"))
    yield Case("TLS: expired", whole, unsent(75, "certificate_expired"), identity=identity("expired"))
    yield Case("TLS: not yet valid", whole, unsent(75, "certificate_not_yet_valid"),
               identity=identity("early"))
    yield Case("TLS: wrong host", whole, unsent(4, "certificate_for_another_host"),
               identity=identity("elsewhere"))
    yield Case("TLS: self-signed", whole, unsent(4, "certificate_not_trusted"),
               identity=identity("selfsigned"))
    yield Case("TLS: other CA", whole, unsent(4, "certificate_not_trusted"), identity=identity("foreign"))
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        yield Case(f"TLS: {version.name} only", whole, unsent(75, "tls_failed"), identity=identity("good"),
                   highest=version)
    yield Case("TLS: plain text on the port", whole, unsent(75, "tls_failed"), address="https", early=True)
    yield Case("TLS: closed in the handshake", lambda c: None,
               unsent(75, "tls_failed", "connection_lost", "network"), address="https", early=True)
    yield Case("TLS: reset in the handshake", lambda c: c.reset(),
               unsent(75, "tls_failed", "connection_lost", "network"), address="https", early=True)
    yield Case("TLS: silence in the handshake", lambda c: c.wait(16), unsent(75, "connect_timed_out"),
               address="https", early=True, slow=True)
    yield Case("TLS: endless handshake", lambda c: c.flood(b"\x16\x03\x03\x40\x00" + b"\0" * 0x4000),
               unsent(75, "connect_timed_out"), address="https", early=True, slow=True)
    yield Case("TLS asked in plain text", whole, lost("not_http", "connection_lost", "network"),
               identity=identity("good"), address="http")
    yield Case("TLS: reset after the request", lambda c: c.reset(), lost("connection_lost", "network"),
               identity=identity("good"))
    yield Case("TLS: cut off in the body", lambda c: (c.send(http()[:-30]), c.reset()),
               lost("connection_lost", "network"), identity=identity("good"))


def unreachable():
    yield Case("connection refused", None, unsent(75, "connection_refused"), address="closed")
    yield Case("no such host", None, unsent(75, "no_such_host"), address="https://no-such-host.invalid")


def all_cases(elsewhere, certificates):
    return [
        *bodies(), *members(), *odd_tokens(), *statuses(elsewhere), *refusals(), *limits(), *framing(),
        *heads(), *endings(), *encrypted(certificates), *unreachable(),
    ]
