"""Each operation's contract lists the refusals that its code can raise, typed; wrong answers are found out."""

import ast
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.gateway.routing.contracts import GATEWAY, METHODS, SERVICES, read_contracts, read_own
from shared.errors import Refusal
from shared.languages import Sentence
from shared.testing.refusals import ensure_listed
from shared.web.problems import MEDIA_TYPE
from tools.refusals.source import is_ours, modules_below, tree_of, unwrapped

Schema = dict[str, Any]
# What the edge or the gateway may answer whatever is asked.
OF_EVERY_OPERATION = {
    "token-refused",
    "invalid-request",
    "unknown-parameter",
    "value-not-storable",
    "database-unavailable",
    "internal-error",
    "too-many-requests",
}
OPEN_TO_ALL = {"issue_token", "revoke_token", "read_jwks"}


def documents() -> dict[str, Schema]:
    """Return every committed contract by its service."""
    return {GATEWAY: read_own(), **read_contracts()}


def operations(document: Schema) -> Iterator[Schema]:
    """Yield every operation of a document."""
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method in METHODS)


def codes_of(document: Schema, operation: Schema) -> dict[str, int]:
    """Return the codes that an operation lists, each with its status."""
    found: dict[str, int] = {}
    for status, response in operation["responses"].items():
        schema = response["content"].get(MEDIA_TYPE, {}).get("schema", {}) if "content" in response else {}
        for reference in [schema, *schema.get("oneOf", [])]:
            name = reference.get("$ref", "").rpartition("/")[2]
            if name:
                own = document["components"]["schemas"][name]["allOf"][1]["properties"]
                assert str(own["status"]["const"]) == status
                found[own["code"]["const"]] = int(status)
    return found


def codes(service: str, name: str) -> set[str]:
    """Return the codes of one operation."""
    document = documents()[service]
    (operation,) = (each for each in operations(document) if each["operationId"] == name)
    return set(codes_of(document, operation))


@pytest.mark.parametrize("service", [GATEWAY, *SERVICES])
def test_every_operation_lists_what_the_edge_refuses(service: str) -> None:
    document = documents()[service]
    for operation in operations(document):
        if operation["operationId"] not in OPEN_TO_ALL:
            listed = set(codes_of(document, operation))
            expected = OF_EVERY_OPERATION | ({"right-missing"} if "x-right" in operation else set())
            assert expected <= listed, f"{operation['operationId']}: {expected - listed}"


@pytest.mark.parametrize(
    ("service", "name", "listed", "not_listed"),
    [
        # Its own checks, the table of refusals by code, the day that the body's field must not name, the writer.
        (
            "lending",
            "record_repayment",
            {"loan-changing", "loan-compensated", "bank-reference-conflict", "date-in-future", "date-before-step"}
            | {"idempotency-key-missing", "idempotency-key-reused", "still-running", "organisation-missing"},
            {"cursor-invalid", "peer-unavailable", "file-totals-differ"},
        ),
        # A page's cursor, the officer's region; nothing of writes.
        ("lending", "list_loans", {"cursor-invalid", "outside-region"}, {"still-running", "loan-unknown"}),
        # What a peer is asked, through the client's methods.
        ("lending", "file_application", {"peer-unavailable", "peer-refused"}, set()),
        # Caught on the way and refused under another name.
        ("registry", "add_document_version", {"document-unknown", "document-infected", "pdf-active-content"}, set()),
        # A class that is handed over and raised elsewhere.
        (
            "registry",
            "record_credit_surveys",
            {"survey-indicator-unknown", "survey-answer-missing"},
            {"maker-is-checker"},
        ),
        ("registry", "decide_change", {"maker-is-checker", "change-already-decided"}, {"not-the-proposer"}),
        # Whoever asks through the gateway may find the service away.
        ("riskfund", "list_claims", {"service-unavailable", "too-many-requests"}, {"no-such-operation"}),
        ("gateway", "issue_token", {"sign-in-refused", "too-many-failures"}, {"service-unavailable", "right-missing"}),
    ],
)
def test_codes_are_found_in_what_an_operation_runs(
    service: str, name: str, listed: set[str], not_listed: set[str]
) -> None:
    found = codes(service, name)
    assert listed <= found
    assert not_listed & found == set()


def test_a_code_carries_its_values_with_their_types() -> None:
    schemas = read_contracts()["lending"]["components"]["schemas"]
    above = schemas["MoreThanHeldProblem"]["allOf"][1]["properties"]
    assert (above["code"], above["status"]) == ({"const": "more-than-held"}, {"const": 409})
    assert {name: each["type"] for name, each in above["values"]["properties"].items()} == {
        "amount": "string",
        "held": "string",
    }
    early = schemas["DateBeforeStepProblem"]["allOf"][1]["properties"]["values"]["properties"]
    assert early["day"]["format"] == early["earlier_day"]["format"] == "date"


def answer_of(path: str, status: int, problem: dict[str, Any]) -> httpx.Response:
    """Return an answer as a service would give it to a GET."""
    content = {"type": f"/problems/{problem['code']}", "title": "题 T", "detail": "甲。\nA.", "trace_id": "0"} | problem
    request = httpx.Request("GET", f"http://service{path}")
    headers = {"Content-Type": MEDIA_TYPE}
    return httpx.Response(status, headers=headers, content=json.dumps(content).encode(), request=request)


LOAN = "/api/v1/loans/01a20122-0000-7000-8000-000000000000"


async def test_an_answer_that_the_contract_lists_passes() -> None:
    await ensure_listed(answer_of(LOAN, 404, {"code": "loan-unknown", "status": 404}))
    await ensure_listed(answer_of("/nowhere", 404, {"code": "no-such-path", "status": 404}))


@pytest.mark.parametrize(
    ("status", "problem", "fault"),
    [
        (409, {"code": "maker-is-checker", "status": 409}, "maker-is-checker is not listed"),
        (409, {"code": "loan-unknown", "status": 409}, "409 loan-unknown is not listed"),
        (403, {"code": "right-missing", "status": 403}, "is a required property"),
        (403, {"code": "right-missing", "status": 403, "values": {"right": 5}}, "5 is not of type"),
    ],
)
async def test_an_answer_that_the_contract_does_not_list_fails_its_test(
    status: int, problem: dict[str, Any], fault: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        await ensure_listed(answer_of(LOAN, status, problem))
    assert fault in str(failed.value)


def every_refusal() -> list[type[Refusal]]:
    """Return every class of refusal that services can raise."""
    for package in ("shared", *(f"services.{service}" for service in (GATEWAY, *SERVICES))):
        list(modules_below(package))
    found: set[type[Refusal]] = set()
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        below = set(waiting.pop().__subclasses__()) - found
        found |= below
        waiting += below
    return sorted((each for each in found if is_ours(each.__module__)), key=lambda each: each.__qualname__)


def sentences_of(refusal: type[Refusal]) -> Iterator[dict[str, ast.expr]]:
    """Yield the `zh` and `en` of every place where a class gives its sentence."""
    tree = tree_of(unwrapped(vars(refusal)["__init__"])) if "__init__" in vars(refusal) else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "__init__":
            yield {each.arg: each.value for each in node.keywords if each.arg in ("zh", "en")}


def test_every_refusal_speaks_chinese_and_english() -> None:
    refusals = every_refusal()
    assert len(refusals) > 300
    for refusal in refusals:
        title = Sentence.split(refusal.title)
        assert not title.zh.isascii(), refusal.title
        for given in sentences_of(refusal):
            literals = {name: "".join(_texts(value)) for name, value in given.items()}
            assert set(literals) in ({"zh", "en"}, set()), refusal.__qualname__
            assert not literals.get("zh", "无").isascii(), f"{refusal.__qualname__}: {literals}"


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the literal text of a sentence; a sentence that is handed on has none of its own and counts as Chinese."""
    literal = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    yield from literal if any(literal) else ["无"]
