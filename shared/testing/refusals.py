"""Every refusal that a test meets stands in the contract of its operation, with the values that it carries.

The contracts are written from the code (`make contracts`); this holds them to what the services really answer.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from jsonschema import Draft202012Validator

FOLDER: Final = Path(__file__).resolve().parents[2] / "services" / "gateway" / "contracts"
MEDIA_TYPE: Final = "application/problem+json"
# What is answered when there is no such operation.
OF_NO_OPERATION: Final = frozenset({"no-such-path", "no-such-operation", "method-not-allowed"})
_PARAMETER: Final = re.compile(r"\\\{[^}]*\\\}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One operation of a contract and what it may be refused with."""

    name: str
    path: re.Pattern[str]
    responses: dict[str, Any]
    document: str


async def ensure_listed(answer: httpx.Response) -> None:
    """Fail a test whose answer is a refusal that the operation's contract does not list; an event hook of the client.

    Raises:
        AssertionError: naming the operation and the code.
    """
    if answer.headers.get("content-type") != MEDIA_TYPE or answer.request.method == "HEAD":
        return
    await answer.aread()
    problem = answer.json()
    path = answer.request.url.raw_path.partition(b"?")[0].decode("ascii", "replace")
    asked = [each for each in _of_method(answer.request.method) if each.path.fullmatch(path)]
    if asked and problem["code"] not in OF_NO_OPERATION:
        faults = {each.name: _fault(each, problem) for each in asked}
        assert None in faults.values(), f"{faults}: raise it where the code can see it, then `make contracts`"


def _fault(operation: Listed, problem: dict[str, Any]) -> str | None:
    """Return what the contract has against an answer, or None."""
    response = operation.responses.get(str(problem["status"]), {})
    schema = response.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
    name = "".join(word.capitalize() for word in problem["code"].split("-")) + "Problem"
    reference = {"$ref": f"#/components/schemas/{name}"}
    if reference not in (schema, *schema.get("oneOf", ())):
        return f"{problem['status']} {problem['code']} is not listed"
    wrong = [
        f"{error.json_path}: {error.message}" for error in _validator(operation.document, name).iter_errors(problem)
    ]
    return f"{problem['code']}: {wrong}" if wrong else None


@cache
def _of_method(method: str) -> tuple[Listed, ...]:
    return tuple(
        Listed(f"{method} {template}", _pattern(template), item[method.lower()]["responses"], document)
        for document in _documents()
        for template, item in _documents()[document]["paths"].items()
        if method.lower() in item
    )


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_PARAMETER.sub("[^/]+", re.escape(template)))


@cache
def _documents() -> dict[str, dict[str, Any]]:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.json"))}


@cache
def _validator(document: str, name: str) -> Draft202012Validator:
    components = _documents()[document]["components"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
