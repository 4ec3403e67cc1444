"""The journal as another program sees it: two slots, the newest whole record counts."""

import pathlib
import struct
import zlib

SLOT = 128 << 10
MAGIC = b"XAUTHJNL"


def _records(path):
    """Every whole record: slot, sequence, payload."""
    try:
        data = pathlib.Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    for slot in range(len(data) // SLOT):
        start = slot * SLOT
        header = data[start:start + 32]
        if header[:8] != MAGIC:
            continue
        _, count, sequence, checksum = struct.unpack_from("<IIQI", header, 8)
        payload = data[start + 32:start + 32 + count]
        if len(payload) == count and zlib.crc32(header[8:24] + payload) == checksum:
            yield slot, sequence, payload


def _fields(payload):
    """The fields of a record, `name length:value` and a line feed each, as pairs in their order."""
    while payload:
        name, _, rest = payload.partition(b" ")
        count, _, rest = rest.partition(b":")
        yield name.decode(), rest[:int(count)]
        payload = rest[int(count) + 1:]


def _written(fields):
    return b"".join(b"%s %d:%s\n" % (name.encode(), len(value), value) for name, value in fields)


def newest(path):
    """The newest record; None when there is none."""
    records = sorted(_records(path), key=lambda record: record[1])
    if not records:
        return None
    (_, record), = _fields(records[-1][2])
    return {name: value.decode(errors="replace") for name, value in _fields(record)}


def age(path, seconds):
    """Makes every record so much older."""
    def older(name, value):
        if name in ("time", "expires"):
            return b"%d" % (int(value) - seconds)
        if name in ("rotation-1", "presented", "newest", "before"):
            return _written((name, older(name, value)) for name, value in _fields(value))
        return value

    for slot, sequence, payload in list(_records(path)):
        payload = _written((name, older(name, value)) for name, value in _fields(payload))
        head = struct.pack("<IIQ", 1, len(payload), sequence)
        with open(path, "r+b") as file:
            file.seek(slot * SLOT)
            file.write(MAGIC + head + struct.pack("<II", zlib.crc32(head + payload), 0) + payload)
