"""A bank that sends one repayment again and again under one Idempotency-Key until it is answered."""

import time
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any, Final

import httpx

from shared.ids import new_id
from tests.faults.loans import shared_loan
from tests.journeys.tiny_county import Place
from tools.demo.county import Loan

PAID_ON = "2017-12-20"  # the interest date of every loan: any part of the year's interest may be paid
TOKEN_KEPT_SECONDS: Final = 200.0  # tokens last 300
_numbers = count(1)


@dataclass
class Payment:
    """A few fen of one loan's interest."""

    place: Place
    number: int = field(default_factory=lambda: next(_numbers))
    key: str = field(default_factory=lambda: str(new_id()))
    loan: Loan = field(init=False)

    def __post_init__(self) -> None:
        self.loan = shared_loan(self.place)

    @property
    def body(self) -> dict[str, str]:
        """Return the request's body; every payment has another amount."""
        return {
            "bank_reference": f"fault-{self.number}",
            "kind": "repayment",
            "paid_on": PAID_ON,
            "amount": f"{Decimal(self.number).scaleb(-2):.2f}",
        }

    @property
    def path(self) -> str:
        """Return the path under /api/v1."""
        return f"/loans/{self.loan.loan_id}/repayments"

    async def send(self) -> httpx.Response:
        """Send it once, through the gateway."""
        headers = await signed_in(self.place, f"bank.{self.loan.bank_code.lower()}") | {"Idempotency-Key": self.key}
        return await self.place.http.post(f"/api/v1{self.path}", json=self.body, headers=headers)

    async def recorded(self) -> list[dict[str, Any]]:
        """Return what lending has under this payment's reference."""
        answer = await self.place.county.offices["auditor"].get(self.path)
        return [row for row in answer["items"] if row["bank_reference"] == self.body["bank_reference"]]


_tokens: dict[tuple[str, str], tuple[float, str]] = {}


async def signed_in(place: Place, name: str) -> dict[str, str]:
    """Return the header of a signed-in account; the token is kept, so that few faults are met while signing in."""
    known = (place.platform.urls["gateway"], name)
    until, token = _tokens.get(known, (0.0, ""))
    if time.monotonic() > until:
        caller = place.county.offices[name]
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": caller.secret}
        if not caller.is_client:
            form = {"grant_type": "password", "username": name, "password": caller.secret}
        answer = await place.http.post("/oauth/token", data=form)
        assert answer.status_code == 200, answer.text
        token = str(answer.json()["access_token"])
        _tokens[known] = (time.monotonic() + TOKEN_KEPT_SECONDS, token)
    return {"Authorization": f"Bearer {token}"}


def ensure_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that the answer is this problem, and return it."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code, problem
    if status == 503:
        assert int(answer.headers["Retry-After"]) >= 1
    return problem
