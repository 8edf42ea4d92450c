"""How large things may become: a ratchet. Lower a bound when the code allows it; never raise one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.architecture.rooms import PROJECT, SERVICES, modules_of, rooms_of

FILE_LINES_MAX: Final = 400
REFUSALS_LINES_MAX: Final = 425  # a table of sentences in two languages; it is looked up, not read
FUNCTION_LINES_MAX: Final = 60
FUNCTION_LINES_P95_MAX: Final = 26
ROOM_LINES_MAX: Final = 3510


def _code() -> list[Path]:
    folders = ("shared", "deploy", "spec", "tools")
    found = [path for service in SERVICES for path in modules_of(service)]
    found += [path.relative_to(PROJECT) for folder in folders for path in sorted((PROJECT / folder).rglob("*.py"))]
    return [path for path in found if "tests" not in path.parts]


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse((PROJECT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    lengths = {path: len((PROJECT / path).read_text().splitlines()) for path in _code()}
    longest = {path: REFUSALS_LINES_MAX if path.name == "refusals.py" else FILE_LINES_MAX for path in lengths}
    assert {str(path): lines for path, lines in lengths.items() if lines > longest[path]} == {}


def test_no_function_is_longer_than_a_page() -> None:
    lengths = dict(entry for path in _code() for entry in _functions(path))
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX} == {}
    assert sorted(lengths.values())[int(len(lengths) * 0.95)] <= FUNCTION_LINES_P95_MAX


def test_no_room_outgrows_an_hour_of_reading() -> None:
    lengths = {
        str(room): sum(len(path.read_text().splitlines()) for path in (PROJECT / room).rglob("*.py"))
        for service in SERVICES
        for room in rooms_of(service)
    }
    assert {room: lines for room, lines in lengths.items() if lines > ROOM_LINES_MAX} == {}
