"""Rows in the binary form of PostgreSQL's COPY, made where they are read, so that nobody translates them again."""

import os
import time
from datetime import date
from typing import Final

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
TRUE: Final = b"\x00\x00\x00\x01\x01"
FALSE: Final = b"\x00\x00\x00\x01\x00"
_EPOCH: Final = date(2000, 1, 1).toordinal()
_IDS_AT_ONCE: Final = 1024
_RANDOM_BYTES: Final = 10


def packed_bytes(value: bytes) -> bytes:
    """Return a bytea field."""
    return len(value).to_bytes(4, "big") + value


def packed_text(value: str) -> bytes:
    """Return a text field."""
    return packed_bytes(value.encode())


def packed_json(value: bytes) -> bytes:
    """Return a jsonb field of JSON text."""
    return packed_bytes(b"\x01" + value)


def packed_integer(value: int) -> bytes:
    """Return an integer field."""
    return b"\x00\x00\x00\x04" + value.to_bytes(4, "big", signed=True)


def packed_day(value: date) -> bytes:
    """Return a date field."""
    return packed_integer(value.toordinal() - _EPOCH)


def packed_flag(value: bool) -> bytes:
    """Return a boolean field."""
    return TRUE if value else FALSE


class NewIds:
    """UUIDs of version 7 as uuid fields; the random bits of a thousand are drawn at once."""

    def __init__(self) -> None:
        self._drawn: list[bytes] = []

    def packed(self) -> bytes:
        """Return a new one."""
        if not self._drawn:
            self._drawn = self._draw()
        return self._drawn.pop()

    @staticmethod
    def _draw() -> list[bytes]:
        at = b"\x00\x00\x00\x10" + (time.time_ns() // 1_000_000).to_bytes(6, "big")
        random = os.urandom(_RANDOM_BYTES * _IDS_AT_ONCE)
        return [
            at
            + bytes((random[place] & 0x0F | 0x70, random[place + 1], random[place + 2] & 0x3F | 0x80))
            + random[place + 3 : place + _RANDOM_BYTES]
            for place in range(0, len(random), _RANDOM_BYTES)
        ]
