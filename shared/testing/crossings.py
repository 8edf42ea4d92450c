"""Which files a request's parameters cross, from the route to the row: found by watching the calls."""

import dataclasses
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import FrameType
from typing import Any, Final

from pydantic import BaseModel

FILES_MAX: Final = 5
_DEEP: Final = 5  # a body, its items, their parts
_COMPREHENSIONS: Final = frozenset({"<lambda>", "<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>"})


@contextmanager
def crossed() -> Iterator[set[str]]:
    """Collect the files of `services` with a function that is given a request's body or a value out of it.

    The body is the one that a function of a `routes.py` has. Files of refusals do not count; a schema counts where it
    works something out after the request was read.
    """
    files: set[str] = set()
    kept: list[Any] = []  # so that no other value takes the place of one

    def called(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename.partition("/services/")[2]
        if event != "call" or not name or "/tests/" in name or frame.f_code.co_name in _COMPREHENSIONS:
            return
        body = frame.f_locals.get("body")
        if name.endswith("routes.py") and isinstance(body, BaseModel):
            kept.extend(_values(body))
            files.add(name)
        elif not name.endswith("refusals.py") and kept:
            ours = {id(value) for value in kept}
            if any(id(value) in ours for given in _arguments(frame) for value in _values(given)):
                files.add(name)

    sys.setprofile(called)
    try:
        yield files
    finally:
        sys.setprofile(None)


def _arguments(frame: FrameType) -> Iterable[Any]:
    code = frame.f_code
    named = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return [frame.f_locals.get(name) for name in code.co_varnames[:named]]


def _values(value: Any, depth: int = 0) -> list[Any]:
    """Return a value and those it holds, without what Python keeps once for everybody."""
    if value is None or isinstance(value, (bool, int, Enum)) or value in ("", (), [], {}) or depth > _DEEP:
        return []
    parts: Iterable[Any] = ()
    if isinstance(value, BaseModel):
        parts = value.__dict__.values()
    elif isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, (list, tuple)):
        parts = value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return [value, *(inner for part in parts for inner in _values(part, depth + 1))]
