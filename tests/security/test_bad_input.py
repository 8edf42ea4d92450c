"""Whatever is sent, every operation answers with a named refusal and never with a failure of its own."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from services.gateway.main import create_app
from services.gateway.routing.contracts import SERVICES
from shared.ids import new_id
from tests.faults.payments import signed_in
from tests.journeys.tiny_county import Place
from tests.security.broken import (
    WRONG_DOCUMENTS,
    WRONG_FILES,
    WRONG_PARAMETERS,
    WRONG_PATH_PARTS,
    as_json,
    broken,
)
from tests.security.callers import Ports, gathered, is_problem
from tests.security.operations import Operation, of_service, sample

pytestmark = pytest.mark.asyncio(loop_scope="session")

JSON = {"Content-Type": "application/json"}


def faults(answers: Iterable[tuple[str, httpx.Response, bool]]) -> str:
    """Return, line by line, what was not answered as it should: what was sent, the answer, must it be refused."""
    wrong = []
    for sent, answer, must_refuse in answers:
        refused = 400 <= answer.status_code < 500 and is_problem(answer)
        if not refused and (must_refuse or answer.status_code >= 300):
            wrong.append(f"{sent}: {answer.status_code} {answer.text[:160]}")
    return "\n".join(wrong)


async def sent(ports: Ports, operation: Operation, content: bytes, path: str | None = None) -> Any:
    """Send a body as somebody who may, under a new key."""
    token = ports.token(operation.service, operation.an_allowed_role)
    where = operation.path(ports.ids) if path is None else path
    media_type = {"Content-Type": operation.media_type or "application/json"}
    return await ports.call(operation, token, with_key=True, path=where, content=content, json=None, headers=media_type)


@pytest.mark.parametrize("service", SERVICES)
async def test_one_wrong_value_in_a_right_body_is_refused_by_name(ports: Ports, service: str) -> None:
    cases = [
        (operation, f"{operation.name}: {what}", body, must_refuse)
        for operation in of_service(service)
        if operation.media_type == "application/json"
        for what, body, must_refuse in broken(operation.body(ports.ids))
    ]
    answers = await gathered(sent(ports, operation, as_json(body)) for operation, _, body, _ in cases)
    answered = [(what, answer, must) for (_, what, _, must), answer in zip(cases, answers, strict=True)]
    assert len(cases) > 100
    wrong = faults(answered)
    assert not wrong, wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_the_right_bodies_that_are_broken_here_are_indeed_right(ports: Ports, service: str) -> None:
    wrong = {}
    for operation in of_service(service):
        if operation.media_type == "application/json":
            answer = await sent(ports, operation, as_json(operation.body(ports.ids)))
            if answer.status_code >= 500 or (answer.status_code >= 400 and answer.json()["code"] == "invalid-request"):
                wrong[operation.name] = answer.text
    assert not wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_a_body_that_is_no_document_is_refused_by_name(ports: Ports, service: str) -> None:
    cases = [
        (operation, content)
        for operation in of_service(service)
        if operation.media_type is not None
        for content in (WRONG_DOCUMENTS if operation.media_type == "application/json" else WRONG_FILES)
    ]
    answers = await gathered(sent(ports, operation, content) for operation, content in cases)
    answered = [
        (f"{operation.name} {content[:20]!r}", answer, True)
        for (operation, content), answer in zip(cases, answers, strict=True)
    ]
    wrong = faults(answered)
    assert not wrong, wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_wrong_parameters_and_paths_are_refused_by_name(ports: Ports, service: str) -> None:
    cases: list[tuple[Operation, str, dict[str, str], str]] = []
    for operation in of_service(service):
        path, query = operation.path(ports.ids), operation.query()
        for name in operation.query_parameters():
            for wrong in WRONG_PARAMETERS:
                cases.append((operation, path, query | {name: wrong}, f"{operation.name} {name}={wrong[:20]!r}"))
        for part in WRONG_PATH_PARTS if "{" in operation.template else ():
            head, _, tail = operation.template.partition("{")
            where = head + part + tail.partition("}")[2]
            cases.append((operation, where, query, f"{operation.method} {where[:80]}"))
    answers = await gathered(
        ports.call(
            operation,
            ports.token(service, operation.an_allowed_role),
            path=path,
            params=query,
            with_key=operation.takes_key,
        )
        for operation, path, query, _ in cases
    )
    answered = [(what, answer, False) for (_, _, _, what), answer in zip(cases, answers, strict=True)]
    wrong = faults(answered)
    assert not wrong, wrong


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "has blank", "钥匙钥匙钥匙钥匙", "a;b'c\"d-e"])
async def test_a_key_that_is_no_key_is_refused(ports: Ports, key: str) -> None:
    (operation,) = [each for each in of_service("lending") if each.name == "record_repayment"]
    token = ports.token("lending", operation.an_allowed_role)
    headers = {"Idempotency-Key": key.encode()} | JSON
    answer = await ports.call(operation, token, content=as_json(operation.body(ports.ids)), json=None, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert is_problem(answer)


async def test_accounts_refuse_every_wrong_value_by_name(place: Place) -> None:
    contract = create_app().openapi()
    headers = await signed_in(place, "admin") | JSON
    for path in ("/api/v1/people", "/api/v1/api-clients"):
        schema = contract["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        right = sample(schema, contract["components"]["schemas"])
        contents = [
            (what, as_json(body).replace(b'"planting"', f'"planter-{number}"'.encode(), 1), must)  # nobody's name yet
            for number, (what, body, must) in enumerate(broken(right))
        ]
        contents += [(repr(content[:20]), content, True) for content in WRONG_DOCUMENTS]
        answers = await gathered(
            place.http.post(path, content=content, headers={**headers, "Idempotency-Key": str(new_id())})
            for _, content, _ in contents
        )
        answered = [(what, answer, must) for (what, _, must), answer in zip(contents, answers, strict=True)]
        wrong = faults(answered)
        assert not wrong, wrong


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
async def test_signing_in_refuses_every_wrong_form_by_name(place: Place, path: str) -> None:
    forms: list[dict[str, str]] = [{}]
    for wrong in WRONG_PARAMETERS:
        forms.append({"grant_type": wrong, "token": wrong * 40})
        forms.append({"grant_type": "password", "username": wrong, "password": wrong})
        forms.append({"grant_type": "refresh_token", "refresh_token": wrong})
        forms.append({"grant_type": "client_credentials", "client_id": wrong, "client_secret": wrong})
    answers = await gathered(place.http.post(path, data=form) for form in forms)
    answered = [(str(form)[:100], answer, False) for form, answer in zip(forms, answers, strict=True)]
    wrong = faults(answered)
    assert not wrong, wrong
