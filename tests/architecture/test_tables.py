"""A table is written by its own room alone; others call that room's actions. Read from the SQL texts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.rooms import SERVICES, modules_of, room_of

_WRITE: Final = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE(?!\s+(?:SET|OF|SKIP|NOWAIT)\b)|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)"
    r"\s+(?:ONLY\s+)?([a-z_][a-z0-9_]*)"
)
_COPY_TO: Final = "copy_records_to_table"
# Tables that every room of a service writes through `shared`: nobody's room.
SHARED_TABLES: Final = frozenset({"outbox", "inbox", "idempotency_key", "consumer_position", "parked_message"})


def owners(service: str) -> dict[str, str]:
    """Return the room of each table of a service, from the `Table("name", …)` declarations."""
    found: dict[str, str] = {}
    for path in modules_of(service):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Table" and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant):
                    found[str(name.value)] = room_of(path)
    return found


def writes(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and table of each write in a module: SQL in its strings, and rows copied into a table."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for match in _WRITE.finditer(node.value):
                yield node.lineno, match.group(1)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == _COPY_TO:
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant):
                yield node.lineno, str(name.value)


@pytest.mark.parametrize("service", SERVICES)
def test_a_table_is_written_only_by_its_own_room(service: str) -> None:
    rooms = owners(service)
    strangers = [
        f"{path}:{line} writes {table}, which is {rooms[table]}'s"
        for path in modules_of(service)
        for line, table in writes(path)
        if table in rooms and table not in SHARED_TABLES and room_of(path) != rooms[table]
    ]
    assert strangers == [], "call an action of the room that owns the table:\n" + "\n".join(strangers)


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_found_and_most_are_written(service: str) -> None:
    """The test above would be empty if the reading of the texts broke."""
    rooms = owners(service)
    written = {table for path in modules_of(service) for _, table in writes(path)} & set(rooms)
    assert len(written) * 10 >= len(rooms) * 8, sorted(set(rooms) - written)
