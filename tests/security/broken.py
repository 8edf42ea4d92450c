"""Broken requests made from right ones: one thing wrong in each."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any, Final

MONEY: Final = "10.00"  # what `operations.sample` writes for an amount
UNKNOWN_FIELD: Final = "surprise"

WRONG_MONEY: Final[tuple[Any, ...]] = (10.0, 10, -1, "-1.00", "1.001", "1e5", "١٠.٠٠", "10.00\x00", " 10.00", "",
                      True, [], {},
                      "9" * 40, 10**30, "NaN", "Infinity", "0x10")  # fmt: skip
WRONG_DATES: Final[tuple[Any, ...]] = (
    "2017-13-01",
    "2017-02-29",
    "0001-01-01",
    "9999-12-31",
    "",
    "20171220",
    "2017-12-20T00:00:00",
    20171220,
    0,
    -2.8e-54,
    True,
    [],
    "2017-12-20\x00",
)
WRONG_IDS: Final[tuple[Any, ...]] = ("x", "", 1, [], "01a20122-0000-7000-8000-00000000000\x00", "٥" * 36)
WRONG_NUMBERS: Final[tuple[Any, ...]] = (10**30, 2**31, 2**63, -1, 0, 1.5, "1", "", [], {}, None)
WRONG_TEXTS: Final[tuple[Any, ...]] = (
    "a\x00b",
    "\ud800",
    "x" * 100_000,
    "٥٠٠٢٣٦",
    10**30,
    1.5,
    True,
    [],
    {},
    "'; DROP TABLE loan; --",
)
WRONG_FLAGS: Final[tuple[Any, ...]] = ("maybe", 2, [], {})
NEVER_STORED: Final = ("\x00", "\ud800")

WRONG_DOCUMENTS: Final = (
    b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe\x00", b'{"a": NaN}', b'{"a": 1e999}', b"[" * 50_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
)  # fmt: skip
WRONG_FILES: Final = (
    b"",
    b"\x00" * 64,
    b"\xff\xfe\x00\x01",
    b"PK\x03\x04" + b"\x00" * 60,
    "编号,金额\n一,二\n".encode("gb18030"),
    b"a,b\n" + b"x," * 20_000,
    b'"' * 999,
    b"&a [*a, *a]\n",
    b"header: !!python/object/apply:os.system [id]\n",
    b"[" * 20_000,
    b"- " * 20_000,
)


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(["v1", value]).encode()).decode().rstrip("=")


WRONG_PARAMETERS: Final = (
    "", "\x00", "x" * 5_000, "٥٠٠٢٣٦", "-1", "0", str(10**30), "0001-01-01", "9999-12-31", "2017-13-01", "NaN", "😀",
    "'; DROP TABLE loan; --", _cursor("\x00"), _cursor("nobody"), _cursor("9" * 100), _cursor(5), "AAAA",
)  # fmt: skip
WRONG_PATH_PARTS: Final = ("%00", "x", "%D9%A5", "..%2F..%2Flivez", "0" * 4_000, "01a20122-0000-7000-8000", "%FF")


def values_instead_of(value: Any) -> tuple[Any, ...]:
    """Return what to put in the place of one right value."""
    match value:
        case bool():
            return WRONG_FLAGS
        case int():
            return WRONG_NUMBERS
        case "10.00":
            return WRONG_MONEY
        case str() if len(value) == 36 and value.count("-") == 4:
            return WRONG_IDS
        case str() if is_day(value):
            return WRONG_DATES
    return WRONG_TEXTS


def is_day(value: Any) -> bool:
    """Return whether a right value is a day."""
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


def broken(body: Any) -> Iterator[tuple[str, Any, bool]]:
    """Return broken copies of a body: what is wrong, the copy, and whether no service may accept it."""
    for path, value in _places(body):
        where = ".".join(map(str, path))
        if isinstance(value, dict):
            yield f"{where} has an unknown field", _with(body, (*path, UNKNOWN_FIELD), 1), True
            continue
        for wrong in values_instead_of(value):
            unstorable = isinstance(wrong, str) and any(mark in wrong for mark in NEVER_STORED)
            must = value == MONEY or is_day(value) or unstorable
            yield f"{where} is {wrong!r:.40}", _with(body, path, wrong), must


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict):
        yield path, node
        for name, part in node.items():
            yield from _places(part, (*path, name))
    elif isinstance(node, list):
        for part in node[:1]:
            yield from _places(part, (*path, 0))
    else:
        yield path, node


def _with(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def as_json(body: Any) -> bytes:
    """Return a body as JSON in ASCII, so that half a surrogate pair arrives as it is."""
    return json.dumps(body).encode()


def replaced(node: Any, old: str, new: str) -> Any:
    """Return a body in which every text `old` is `new`."""
    if isinstance(node, dict):
        return {name: replaced(part, old, new) for name, part in node.items()}
    if isinstance(node, list):
        return [replaced(part, old, new) for part in node]
    return new if node == old else node
