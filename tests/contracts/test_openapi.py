"""The committed API contracts: current, closed to unknown fields, each operation with its right and its own name."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.gateway.routing.contracts import FOLDER, GATEWAY, METHODS, SERVICES, merged, read_contracts, read_own
from shared.access import Right
from tools.contracts import contract

Schema = dict[str, Any]
# POSTs that change nothing and need no key.
QUESTIONS = {
    "look_up_accounts",
    "look_up_households",
    "look_up_household_names",
    "check_eligibility",
    "quote_loan",
    "quote_product",
    "ask_list_effects",
    "show_rate_consequences",
}


@pytest.fixture(scope="module")
def document() -> Schema:
    """Merge everything behind the gateway into one document, as the gateway does."""
    return merged(read_own(), read_contracts())


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Walk a document's operations: method, path, operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method, path, operation


@pytest.mark.parametrize("service", [GATEWAY, *SERVICES])
def test_the_committed_contract_is_what_the_service_serves(service: str) -> None:
    committed = (FOLDER / f"{service}.json").read_text()
    assert committed == contract(service), "run `python -m tools.contracts` and commit what it writes"


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_names_one_known_right(service: str) -> None:
    rights = {f"{method} {path}": each.get("x-right") for method, path, each in operations(read_contracts()[service])}
    assert len(rights) > 10
    assert {place: right for place, right in rights.items() if right not in set(Right)} == {}


def test_operation_names_are_unique_across_all_services(document: Schema) -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations(document))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_path_and_method_belongs_to_two_services() -> None:
    owners = Counter(
        (method, path) for contract in read_contracts().values() for method, path, _ in operations(contract)
    )
    assert [each for each, count in owners.items() if count > 1] == []


def test_every_request_body_refuses_unknown_fields(document: Schema) -> None:
    open_to_all = {
        f"{method} {path} {name}"
        for method, path, operation in operations(document)
        for schema in bodies(operation)
        for name, part in objects(document, schema)
        if part.get("additionalProperties") is not False and not path.startswith("/oauth")
    }
    assert open_to_all == set()


def bodies(operation: Schema) -> Iterator[Schema]:
    """Return the schemas of an operation's JSON bodies."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "application/json":
            yield content["schema"]


def objects(document: Schema, schema: Schema, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Schema]]:
    """Walk a schema and everything in it, and return its objects by name."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from objects(document, {**document["components"]["schemas"][name], "title": name}, seen | {name})
        return
    if "properties" in schema:
        yield schema.get("title", "?"), schema
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", []), *schema.get("oneOf", [])]
    for part in [*parts, *([schema["items"]] if "items" in schema else [])]:
        yield from objects(document, part, seen)


def test_every_reference_resolves(document: Schema) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def references(node: Any) -> Iterator[str]:
    """Return every `$ref` below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from references(part)


def test_every_write_takes_an_idempotency_key_and_every_refusal_is_a_problem(document: Schema) -> None:
    for method, path, operation in operations(document):
        if "x-right" not in operation:
            continue  # signing in, and who am I
        headers = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"}
        is_write = method != "get" and operation["operationId"] not in QUESTIONS
        assert ("idempotency-key" in headers) == is_write, f"{method} {path}"
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                assert set(response["content"]) == {"application/problem+json"}, f"{method} {path} {status}"
