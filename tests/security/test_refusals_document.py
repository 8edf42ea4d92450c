"""docs/refusals.md names only tests and codes that exist, and its tests cover each item of the list."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "refusals.md").read_text()
TESTS = sorted(set(re.findall(r"`((?:tests|services)/[\w/]+\.py)::(test_\w+)`", DOCUMENT)))
ROWS = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and not line.startswith("| what")]
_NOT_CODES = {"republish", "provision"}


def codes() -> set[str]:
    """Return the codes named in the middle column."""
    return {
        code
        for row in ROWS
        for code in re.findall(r"`([a-z]+(?:-[a-z]+)*)`", row.split(" | ")[1])
        if code not in _NOT_CODES
    }


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_each_test_it_names_exists(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE), f"{file}::{name}"


def test_each_code_it_names_stands_in_the_source() -> None:
    sources = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources if "tests" not in path.parts)
    assert {code for code in codes() if f'"{code}"' not in text and f"'{code}'" not in text} == set()


def test_each_row_names_a_test() -> None:
    assert len(ROWS) > 35
    assert [row for row in ROWS if "::test_" not in row] == []
