"""The journal as another program sees it: two slots, the newest whole record counts."""

import hashlib
import pathlib
import struct
import zlib

SLOT = 128 << 10
MAGIC = b"XAUTHJNL"

#: How many used tokens are remembered, by the name of the record.
LIMIT = {"rotation-1": 256, "rotation-2": 3072}
#: Fields that hold fields, and those that are a time in seconds.
NESTED = {"rotation-1", "rotation-2", "presented", "newest", "before", "other", "parked", "grant",
          "answered", "used", "failed", "undecided"}
TIMES = {"time", "expires", "issued-at", "presented-at", "reach"}
#: An entry in the list of used tokens: hash, expiry, account.
ENTRY = struct.Struct(">8sIB")


def _records(path):
    """Every whole record: slot, version, sequence, payload."""
    try:
        data = pathlib.Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    for slot in range(len(data) // SLOT):
        start = slot * SLOT
        header = data[start:start + 32]
        if header[:8] != MAGIC:
            continue
        version, count, sequence, checksum = struct.unpack_from("<IIQI", header, 8)
        payload = data[start + 32:start + 32 + count]
        if len(payload) == count and zlib.crc32(header[8:24] + payload) == checksum:
            yield slot, version, sequence, payload


def _fields(payload):
    """The fields of a record, `name length:value` and a line feed each, as pairs in their order."""
    while payload:
        name, _, rest = payload.partition(b" ")
        count, _, rest = rest.partition(b":")
        yield name.decode(), rest[:int(count)]
        payload = rest[int(count) + 1:]


def _written(fields):
    return b"".join(b"%s %d:%s\n" % (name.encode(), len(value), value) for name, value in fields)


def _write(path, slot, version, sequence, payload):
    head = struct.pack("<IIQ", version, len(payload), sequence)
    with open(path, "r+b") as file:
        file.seek(slot * SLOT)
        file.write(MAGIC + head + struct.pack("<II", zlib.crc32(head + payload), 0) + payload)


def newest(path):
    """The newest record: how far it got as `kind`, in the words of 0.1.0, and the newest refresh token
    as `token`; None when there is none."""
    records = sorted(_records(path), key=lambda record: record[2])
    if not records:
        return None
    (_, record), = _fields(records[-1][3])
    fields = dict(_fields(record))
    if "kind" in fields:
        held = fields.get("newest", fields["presented"])
        kind = fields["kind"].decode()
    else:
        known = dict(_fields(fields["newest"]))
        held = known["grant"]
        others = [dict(_fields(fields["other"]))] if "other" in fields else []
        if "answered" in fields or "unsaved" in fields:
            kind = "answer"
        elif "revoking" in fields:
            kind = "revoking"
        elif any("unanswered-by" in each for each in (known, *others)):
            kind = "intent"
        elif any("refused-to" in each for each in (known, *others)):
            kind = "refused"
        else:
            kind = "done"
    token = dict(_fields(held)).get("refresh", b"").decode()
    return {"kind": kind, "token": token}


def age(path, seconds):
    """Makes every record so much older, and what is noted beside the journal."""
    def older(name, value):
        if name in TIMES:
            return b"%d" % (int(value) - seconds)
        if name in NESTED:
            return _written((name, older(name, value)) for name, value in _fields(value))
        if name == "entries":
            return b"".join(
                ENTRY.pack(digest, max(0, expiry - seconds), account)
                for digest, expiry, account in ENTRY.iter_unpack(value))
        return value

    for slot, version, sequence, payload in list(_records(path)):
        payload = _written((name, older(name, value)) for name, value in _fields(payload))
        _write(path, slot, version, sequence, payload)
    for note in pathlib.Path(path).parent.glob("unanswered.*"):
        # By a clock that nobody can set: what it showed is what can be changed.
        boot, reading = note.read_text().split()
        note.write_text(f"{boot} {float(reading) - seconds}")


def add_used(path, tokens):
    """Makes the records remember these as used, in their order and before all others: each a token and
    its expiry. What is too much for the list is dropped from it, as renewals drop it."""
    for slot, version, sequence, payload in list(_records(path)):
        (name, record), = _fields(payload)
        _write(path, slot, version, sequence,
               _written([(name, _with_used(list(_fields(record)), tokens, LIMIT[name]))]))


def _with_used(fields, tokens, limit):
    digests = [(hashlib.sha256(token.encode()).digest(), expiry) for token, expiry in tokens]
    if fields[-1][0] != "used":
        spent = [("spent", digest[:16].hex().encode()) for digest, _ in digests]
        spent += [field for field in fields if field[0] == "spent"]
        at = max(place for place, (name, _) in enumerate(fields) if name != "before")
        rest = [field for field in fields[:at + 1] if field[0] != "spent"]
        return _written(rest + spent[-limit:] + fields[at + 1:])
    used = list(_fields(fields[-1][1]))
    entries = b"".join(ENTRY.pack(digest[:8], expiry, 0) for digest, expiry in digests) + used[-1][1]
    surplus = len(entries) // ENTRY.size - limit
    if surplus > 0:
        cut = surplus * ENTRY.size
        reach = max(expiry for _, expiry, _ in ENTRY.iter_unpack(entries[:cut]))
        used = [("reach", b"%d" % reach), *(field for field in used if field[0] != "reach")]
        entries = entries[cut:]
    return _written([*fields[:-1], ("used", _written([*used[:-1], ("entries", entries)]))])
