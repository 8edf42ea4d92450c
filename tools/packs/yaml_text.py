"""Write plain data as YAML the way people write packs: short things in one line, decimal numbers in quotes."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

LONGEST_LINE: Final = 118
# Letters of any script, digits after a letter, and signs that mean nothing in YAML; anything else goes into quotes.
_PLAIN: Final = re.compile(r"[^\W\d_]([\w ().%/+×·\u3001\u3002\uff0c\uff1b\uff1a\uff08\uff09-]*[\w.)\u3002\uff09])?")
_TAKEN_FOR_ELSE: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def yaml_lines(key: str, node: Any, indent: int) -> Iterator[str]:
    """Yield the lines of `key: node`, in one line when it fits."""
    blanks = " " * indent
    one = f"{blanks}{key}: {inline(node)}"
    if len(one) <= LONGEST_LINE:
        yield one
    elif isinstance(node, Mapping):
        yield f"{blanks}{key}:"
        for name, child in node.items():
            yield from yaml_lines(name, child, indent + 2)
    elif isinstance(node, list):
        yield f"{blanks}{key}:"
        for child in node:
            yield from _item(child, indent + 2)
    else:
        yield one


def _item(node: Any, indent: int) -> Iterator[str]:
    one = f"{' ' * indent}- {inline(node)}"
    if len(one) <= LONGEST_LINE or not isinstance(node, Mapping):
        yield one
        return
    first, *rest = (line for name, child in node.items() for line in yaml_lines(name, child, indent + 2))
    yield f"{' ' * indent}- {first.lstrip()}"
    yield from rest


def inline(node: Any) -> str:
    """Return the node in one line."""
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{key}: {inline(each)}" for key, each in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(inline, node)) + "]"
    if node is None or isinstance(node, bool):
        return {None: "null", True: "true", False: "false"}[node]
    if isinstance(node, int | date):
        return str(node)
    return _text(str(node.value) if isinstance(node, Enum) else str(node), isinstance(node, Decimal))


def _text(text: str, is_number: bool) -> str:
    plain = _CODE.fullmatch(text) or (_PLAIN.fullmatch(text) and ": " not in text)
    if plain and not is_number and text.lower() not in _TAKEN_FOR_ELSE:
        return text
    return json.dumps(text, ensure_ascii=False)
