"""Routes that bind their arguments themselves: whatever is sent, they answer as FastAPI's ordinary route does."""

import json
from typing import Any, Final, cast
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, KeySet

from services.lending.access import RecordRepayments
from services.lending.repayments.routes import router as repayments
from services.lending.repayments.schemas import RepaymentIn
from shared.access import Grant, Principal, Role
from shared.db import Database
from shared.tokens import TokenSigner, TokenVerifier
from shared.web import direct
from shared.web.service import Service, service_app
from shared.web.writes import Write, Writer

LOAN: Final = "01900000-0000-7000-8000-000000000000"
RIGHT: Final = {"bank_reference": "R-2026-000001", "paid_on": "2026-03-10", "amount": "12.34"}
_KEY: Final = ECKey.generate_key("P-256", parameters={"kid": "gateway", "use": "sig", "alg": "ES256"})
_SIGNER: Final = TokenSigner("gateway", _KEY)


def _token(role: Role) -> str:
    return _SIGNER.sign_internal(Principal("zhang", "张伟", (Grant(role, "500236"),), "RCB"), "lending")


async def _echo(loan_id: UUID, body: RepaymentIn, officer: RecordRepayments, write: Write) -> Response:
    """Answer what the endpoint was called with."""
    found = (loan_id, body.model_dump(mode="json"), officer.subject, _of(write))
    return Response(json.dumps(found, default=str), 201, media_type="application/json")


def _of(write: Writer) -> tuple[str, str, str]:
    return write.key, write.request_hash.hex(), write.caller.subject


def _app(route_class: type[APIRoute]) -> FastAPI:
    router = APIRouter(route_class=route_class)
    router.post("/loans/{loan_id}/repayments", status_code=201)(_echo)
    app = service_app(Service("lending", "echo", [router]))
    app.state.database = cast(Database, None)  # nothing is written
    app.state.verifier = TokenVerifier("lending", KeySet([_KEY]))
    return app


DIRECT: Final = _app(direct.DirectRoute)
ORDINARY: Final = _app(APIRoute)


def _bearer(who: str) -> str:
    return f"Bearer {_token(Role(who))}" if who in set(Role) else who


async def _sent(app: FastAPI, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    headers = {**headers, "authorization": _bearer(headers["authorization"])}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://lending") as http:
        answer = await http.post(f"/api/v1/loans/{path}", content=body, headers=headers)
    found = answer.json()
    if isinstance(found, dict):
        found.pop("trace_id", None)
    return answer.status_code, found


async def _both_answer(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    direct_answer = await _sent(DIRECT, path, body, headers)
    assert direct_answer == await _sent(ORDINARY, path, body, headers)
    return direct_answer


_PATHS: Final = st.sampled_from(
    [LOAN, LOAN.upper(), LOAN.replace("-", ""), f"{{{LOAN}}}", "1", f"{LOAN[:-1]}١"]
).flatmap(lambda loan: st.sampled_from([f"{loan}/repayments", f"{loan}/repayments?on=2026-01-01"]))
_FIELDS: Final = st.fixed_dictionaries(
    {},
    optional={
        "bank_reference": st.sampled_from(["R-1", "", 1, None, "11010519491231002X"]),
        "kind": st.sampled_from(["prepayment", "gift", None]),
        "paid_on": st.sampled_from(["2199-01-01", "2026-02-30", 20260310, "20260310", "2026-03-10T00:00:00"]),
        "amount": st.sampled_from(["0.00", "1.234", 12.34, "-1.00", "1e3", None]),
        "payer": st.sampled_from(["heir", "borrower", "nobody"]),
        "payer_name": st.sampled_from(["李娟", "", None]),
        "unknown": st.just(1),
    },
)
_BODIES: Final = st.one_of(
    _FIELDS.map(lambda changed: json.dumps({**RIGHT, **changed}).encode()),
    st.sampled_from([b"", b"{", b"[]", b"null", b'{"amount": NaN}', b"\xff", b'"text"', b'{"amount":1,"amount":"2"}']),
)
_HEADERS: Final = st.fixed_dictionaries(
    {"authorization": st.sampled_from([Role.BANK, Role.VILLAGE, "Bearer x.y.z", "Basic x", "bearer "])},
    optional={
        "content-type": st.sampled_from(["application/json", "application/json; charset=utf-8", "text/csv", "json"]),
        "idempotency-key": st.sampled_from(["key-00000001", "short", "with a space", "key/00000001", "k" * 129]),
    },
)


@given(path=_PATHS, body=_BODIES, headers=_HEADERS)
async def test_every_request_is_answered_as_the_ordinary_route_answers_it(
    path: str, body: bytes, headers: dict[str, str]
) -> None:
    await _both_answer(path, body, headers)


@pytest.mark.parametrize("authorization", [Role.BANK, Role.VILLAGE, "Bearer x.y.z"])
@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (b"{", (422, "invalid-request")),
        (json.dumps(RIGHT).encode() + b"x", (422, "invalid-request")),
        (b"\xff", (400, "body-unreadable")),
        (b"[" * 5000 + b"]" * 5000, (400, "body-unreadable")),
    ],
)
async def test_what_is_no_json_is_refused_as_such_whoever_sent_it(
    authorization: str, body: bytes, refused: tuple[int, str]
) -> None:
    headers = {
        "authorization": authorization,
        "content-type": "application/json",
        "idempotency-key": "key-00000001",
    }
    status, found = await _both_answer(f"{LOAN}/repayments", body, headers)
    assert (status, found["code"]) == refused


async def test_a_right_request_goes_straight_to_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {
        "authorization": Role.BANK,
        "content-type": "application/json",
        "idempotency-key": "key-00000001",
    }
    status, found = await _both_answer(f"{LOAN}/repayments", json.dumps(RIGHT).encode(), headers)
    assert (status, found[0], found[1]["amount"], found[2]) == (201, LOAN, "12.34", "zhang")

    async def never(*_arguments: Any, **_named: Any) -> Any:
        raise AssertionError("solved by FastAPI")

    monkeypatch.setattr("fastapi.routing.solve_dependencies", never)
    assert await _sent(DIRECT, f"{LOAN}/repayments", json.dumps(RIGHT).encode(), headers) == (status, found)


def test_the_repayments_route_is_direct_and_takes_no_other_way() -> None:
    takes = {
        route.name: direct._takes(route) is not None
        for route in repayments.routes
        if isinstance(route, direct.DirectRoute)
    }
    assert takes["record_repayment"]
    assert not takes["record_repayment_file"]  # it reads its body in its own way
    assert not takes["list_repayments"]
