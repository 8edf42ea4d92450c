"""What docs/refusals.md says: every refusal by its code, with its sentences, its values and the tests that meet it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from services.gateway.routing.contracts import GATEWAY, read_contracts, read_own

PAGE: Final = Path("docs/refusals.md")
TESTS_SHOWN: Final = 2
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_HEAD: Final = """# Refusals

`make contracts` writes this page from the code. Every error answer is `application/problem+json` with a stable `code`,
a sentence that says what to do next, and the clause where one requires it. It never repeats an ID number, an account or
a telephone number. A refused request changes nothing; the same request with the same Idempotency-Key may be sent again
once the reason is gone. Which operation answers with which refusal: [api.md](api.md).

| code | status | what it says | clause | values | services | tests |
|---|---|---|---|---|---|---|
"""
Schema = dict[str, Any]


def page(root: Path) -> str:
    """Return docs/refusals.md."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for service, document in {GATEWAY: read_own(), **read_contracts()}.items():
        for name, schema in document["components"]["schemas"].items():
            if name.endswith("Problem") and "allOf" in schema:
                found[_row(schema)].append(service)
    tests = tests_of(root)
    rows = [
        f"{row} {', '.join(services)} | {_shown(tests.get(code, []))} |"
        for (code, row), services in sorted(found.items())
    ]
    return _HEAD + "\n".join(rows) + "\n"


def tests_of(root: Path) -> dict[str, list[str]]:
    """Return by each text that a test says the tests that say it: `file::name`, or `file` where a table of it does."""
    found: dict[str, list[str]] = defaultdict(list)
    files = {path for pattern in ("tests/**/test_*.py", "services/*/tests/**/test_*.py") for path in root.glob(pattern)}
    for file in sorted(files):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            name = getattr(node, "name", "")
            place = file.relative_to(root).as_posix() + (f"::{name}" if name.startswith("test_") else "")
            for text in set(_texts(node)):
                if place not in found[text]:
                    found[text].append(place)
    return found


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _shown(tests: list[str]) -> str:
    return "<br>".join(f"`{test}`" for test in tests[:TESTS_SHOWN]) or "–"


def _row(schema: Schema) -> tuple[str, str]:
    own = schema["allOf"][1]["properties"]
    code, values = own["code"]["const"], _typed(own.get("values", {}).get("properties", {}))
    clause = own.get("clause", {}).get("const", "–")
    return code, f"| `{code}` | {own['status']['const']} | {_said(schema)} | {clause} | {values or '–'} |"


def _typed(values: Schema) -> str:
    return ", ".join(f"`{name}` ({_kind(schema)})" for name, schema in sorted(values.items()))


def _kind(schema: Schema) -> str:
    parts = [_kind(each) for each in schema.get("anyOf", ())] or [schema.get("format") or schema.get("type", "any")]
    return " or ".join(parts)


def _said(schema: Schema) -> str:
    """Return a refusal's title and its sentences, the Chinese first; a value's name stands for the value."""
    sentences = [each for each in schema["description"].split("\n\n") if _CHINESE.search(each.split("\n")[0])]
    lines = [f"**{schema['title']}**", *(line for said in sentences for line in said.split("\n"))]
    return "<br>".join(line.replace("|", "\\|") for line in lines)
