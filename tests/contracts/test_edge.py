"""What every operation's edge holds: known parameters once each, days written as days, right methods, no redirects."""

import importlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from services.gateway.routing.contracts import METHODS, SERVICES, read_contracts
from shared.patterns import DAY
from shared.web.bodies import Day

EVERY = ("gateway", *SERVICES)
_EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")


@cache
def app_of(service: str) -> FastAPI:
    """Return a service's application; without its lifespan, so that only its edge can answer."""
    app: FastAPI = importlib.import_module(f"services.{service}.main").create_app()
    return app


async def asked(service: str, method: str, path: str, query: Sequence[tuple[str, str]] = ()) -> httpx.Response:
    """Ask a service's edge."""
    transport = httpx.ASGITransport(app_of(service), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
        return await http.request(method, path, params=[*query])


def operations_of(service: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, path template and description of each operation that a service documents."""
    return [
        (method.upper(), template, operation)
        for template, item in app_of(service).openapi()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@pytest.mark.parametrize("service", EVERY)
async def test_an_unknown_parameter_is_refused_by_name_with_the_known_ones(service: str) -> None:
    for method, template, operation in operations_of(service):
        known = sorted(each["name"] for each in operation.get("parameters", []) if each["in"] == "query")
        answer = await asked(service, method, template, [("regon", "500236")])
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "unknown-parameter"), f"{method} {template}"
        assert (problem["values"]["unknown"], problem["values"]["known"]) == (["regon"], known), f"{method} {template}"
        assert "没有查询参数 regon" in problem["detail"]


@pytest.mark.parametrize("service", EVERY)
async def test_a_parameter_that_takes_one_value_is_refused_when_it_stands_there_twice(service: str) -> None:
    tried = 0
    for method, template, operation in operations_of(service):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and parameter["schema"].get("type") != "array":
                twice = [(parameter["name"], "1"), (parameter["name"], "2")]
                answer = await asked(service, method, template, twice)
                assert answer.json()["code"] == "repeated-parameter", f"{method} {template}"
                assert answer.json()["values"] == {"repeated": [parameter["name"]]}
                tried += 1
    assert tried > 0 or service == "gateway"  # whose only parameter may be repeated


@pytest.mark.parametrize("service", SERVICES)
async def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(service: str) -> None:
    methods: dict[str, set[str]] = {}
    for method, template, _ in operations_of(service):
        methods.setdefault(template, set()).add(method)
    for template, allowed in methods.items():
        for method in set(_EVERY_METHOD) - allowed:
            answer = await asked(service, method, template)
            assert answer.status_code == 405, f"{method} {template}"
            assert answer.json()["code"] == "method-not-allowed"
            # A literal path may fit the template of another operation too.
            assert allowed <= set(answer.headers["allow"].split(", ")), f"{method} {template}"
            assert method not in answer.headers["allow"].split(", ")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_slash_at_the_end_makes_another_path_and_never_a_redirect(service: str) -> None:
    for method, template, _ in operations_of(service):
        answer = await asked(service, method, f"{template}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-path"), f"{method} {template}"
        assert "location" not in answer.headers


def days_in(node: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Return every schema of a day below a node."""
    if isinstance(node, dict):
        if node.get("format") == "date":
            yield node
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            yield from days_in(schemas[name], schemas, seen | {name})
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        yield from days_in(part, schemas, seen)


@pytest.mark.parametrize("service", SERVICES)
def test_every_day_in_a_request_is_written_as_a_day(service: str) -> None:
    contract = read_contracts()[service]
    for method, template, operation in operations_of(service):
        asked_for = [operation.get("parameters", []), operation.get("requestBody", {})]
        for day in days_in(asked_for, contract["components"]["schemas"]):
            assert day.get("pattern") == DAY, f"{method} {template}: use `Day` or `HappenedOn`"


@pytest.mark.parametrize(
    "written",
    [0, 20171220, -2.8e-54, True, "0", "20171220", "2017-12-20T00:00:00", "2017-12-20 ", "17-12-20", "1899-12-31",
     "2201-01-01", "2017-02-29", "٢٠١٧-١٢-٢٠", "", None, []],
)  # fmt: skip
def test_a_day_is_no_number_no_instant_and_lies_within_two_centuries(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_python(written)


def test_the_first_and_the_last_day_are_taken() -> None:
    for written in ("1900-01-01", "2000-02-29", "2200-12-31"):
        assert TypeAdapter(Day).validate_python(written).isoformat() == written
