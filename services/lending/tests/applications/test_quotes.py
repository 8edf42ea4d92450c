"""`POST /loan-quotes`: the engine's schedule over HTTP, and what it refuses."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import Lending
from shared.access import Role

QUOTE: dict[str, Any] = {
    "principal": "50000.00",
    "annual_rate": "4.35",
    "day_count": "ACT/360",
    "repayment_method": "interest_only",
    "disbursed_on": "2023-03-21",
    "installment_count": 12,
    "period_months": 3,
    "first_due_on": None,
    "rounding": "half_up",
}


async def _ask(lending: Lending, **changed: Any) -> Any:
    headers = lending.service.headers(Role.VILLAGE)
    del headers["Idempotency-Key"]  # a question
    return await lending.service.client.post("/api/v1/loan-quotes", json={**QUOTE, **changed}, headers=headers)


async def test_a_quote_is_the_whole_schedule(lending: Lending) -> None:
    answered = await _ask(lending)
    assert answered.status_code == 200
    quote = answered.json()
    assert quote["total_interest"] == "6621.64"
    assert len(quote["installments"]) == 12
    assert quote["installments"][0] == {
        "number": 1,
        "due_on": "2023-06-21",
        "days": 92,
        "principal": "0.00",
        "interest": "555.83",
        "total_due": "555.83",
        "balance": "50000.00",
    }
    assert quote["installments"][-1]["balance"] == "0.00"


async def test_first_due_date_and_rounding_may_be_left_out(lending: Lending) -> None:
    shorter = {key: value for key, value in QUOTE.items() if key not in ("first_due_on", "rounding")}
    headers = lending.service.headers(Role.BANK, organisation="X")
    answered = await lending.service.client.post("/api/v1/loan-quotes", json=shorter, headers=headers)
    assert answered.json()["total_interest"] == "6621.64"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"colour": "red"}, "invalid-request"),
        ({"principal": 50000.0}, "invalid-request"),
        ({"principal": 50000}, "invalid-request"),
        ({"principal": "-1.00"}, "invalid-request"),
        ({"principal": "５００００.00"}, "invalid-request"),
        ({"annual_rate": "４.35"}, "invalid-request"),
        ({"annual_rate": "4.35\n"}, "invalid-request"),
        ({"disbursed_on": "2023-03-21T00:00:00+08:00"}, "invalid-request"),
        ({"disbursed_on": "２０２３-03-21"}, "invalid-request"),
        ({"principal": "0.00"}, "invalid-request"),
        ({"principal": "1.001"}, "invalid-request"),
        ({"annual_rate": 4.35}, "invalid-request"),
        ({"annual_rate": "-4.35"}, "quote-refused"),
        ({"day_count": "ACT/364"}, "invalid-request"),
        ({"repayment_method": "none"}, "invalid-request"),
        ({"installment_count": 0}, "invalid-request"),
        ({"installment_count": "12"}, "invalid-request"),
        ({"installment_count": 481}, "quote-refused"),
        ({"first_due_on": "2023-03-21"}, "quote-refused"),
        ({"disbursed_on": "9999-12-31"}, "invalid-request"),
        ({"rounding": "down"}, "invalid-request"),
    ],
)
async def test_refuses_what_has_no_schedule(lending: Lending, changed: dict[str, Any], code: str) -> None:
    answered = await _ask(lending, **changed)
    assert (answered.status_code, answered.json()["code"]) == (422, code)


async def test_a_direct_call_without_a_token_is_refused(lending: Lending) -> None:
    answered = await lending.service.client.post("/api/v1/loan-quotes", json=QUOTE)
    assert answered.status_code == 401
