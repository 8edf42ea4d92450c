"""One way to name files: who knows one room knows them all."""

from typing import Final

import pytest

from tests.architecture.rooms import SERVICES, modules_of, room_of
from tests.architecture.test_tables import owners, writes

FORBIDDEN: Final = frozenset({"utils", "helpers", "common", "base", "manager", "misc", "service", "edge"})


@pytest.mark.parametrize("service", SERVICES)
def test_no_file_names_nothing(service: str) -> None:
    assert [str(path) for path in modules_of(service) if path.stem in FORBIDDEN] == []


@pytest.mark.parametrize("service", SERVICES)
def test_writes_stand_in_actions_or_in_a_file_of_statements(service: str) -> None:
    """`actions.py`, `actions/`, or `*_sql.py` where a set-based statement is the rule; a read may record the look."""
    tables = owners(service)
    astray = {
        f"{path} writes {table}"
        for path in modules_of(service)
        for _, table in writes(path)
        if table in tables
        and not table.endswith("_view")
        and path.stem != "actions"
        and "actions" not in path.parts
        and not path.stem.endswith("_sql")
    }
    assert astray == set()


@pytest.mark.parametrize("service", SERVICES)
def test_refusals_of_a_room_stand_in_one_file(service: str) -> None:
    bases = ("(NotFound)", "(NotAllowed)", "(Refused)", "(Invalid)", "(Unavailable)", "(Unauthenticated)")
    astray = [
        f"{path}: {line}"
        for path in modules_of(service)
        if path.stem != "refusals" and room_of(path) != service
        for line in path.read_text().splitlines()
        if line.startswith("class ") and line.rstrip(":").endswith(bases)
    ]
    assert astray == []
