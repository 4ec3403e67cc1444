"""The journal as another program sees it: two slots, the newest whole record counts."""

import json
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


def newest(path):
    """The newest record; None when there is none."""
    records = sorted(_records(path), key=lambda record: record[1])
    return json.loads(records[-1][2]) if records else None


def age(path, seconds):
    """Makes every record so much older."""
    for slot, sequence, payload in list(_records(path)):
        record = json.loads(payload)
        for each in [record, *record["before"]]:
            each["time"] -= seconds
            for grant in ("presented", "newest"):
                if (each.get(grant) or {}).get("expires"):
                    each[grant]["expires"] -= seconds
        payload = json.dumps(record, separators=(",", ":")).encode()
        head = struct.pack("<IIQ", 1, len(payload), sequence)
        with open(path, "r+b") as file:
            file.seek(slot * SLOT)
            file.write(MAGIC + head + struct.pack("<II", zlib.crc32(head + payload), 0) + payload)
