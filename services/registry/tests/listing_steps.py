"""Entries on the lists, made by officers step by step or by news of a loan, for the tests of lists."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from services.registry.tests.county import VILLAGE, get, post
from shared.access import Role
from shared.events.lending import DefaultConfirmed, LoanClosed
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))
EVIDENCE = [{"reference": "核查笔录2018-7", "sha256": "ab" * 32}]


def proposal(household: str, **other: Any) -> dict[str, Any]:
    """Return a proposal to blacklist a household; `other` replaces fields."""
    return {
        "household_id": household,
        "list_name": "blacklist",
        "cause": "malicious_evasion",
        "reason": "转移财产逃避还款",
        "evidence": EVIDENCE,
        "filed_on": "2018-08-01",
        **other,
    }


def plea(filed_on: str = "2018-09-01", **other: Any) -> dict[str, Any]:
    """Return an appeal against an entry or a request to remove it."""
    return {"reason": "所述情况不实", "evidence": EVIDENCE, "filed_on": filed_on, **other}


def decision_body(decision: str, decided_on: str) -> dict[str, str]:
    """Return a decision on a request."""
    return {"decision": decision, "reason": "已核实", "decided_on": decided_on}


async def decide(
    registry: ServiceUnderTest, request: str, decision: str, decided_on: str, subject: str = "judge"
) -> httpx.Response:
    """Decide a request as the poverty office."""
    path, body = f"/listing-requests/{request}/decisions", decision_body(decision, decided_on)
    return await post(registry, path, body, Role.POVERTY_OFFICE, subject=subject)


async def put_on_list(registry: ServiceUnderTest, household: str, **other: Any) -> str:
    """Have a household listed by two officers on 2018-08-10 and return the id of the entry."""
    proposed = await post(registry, "/listing-proposals", proposal(household, **other), Role.TOWNSHIP, subject="zhao")
    assert proposed.status_code == 201, proposed.text
    accepted = await decide(registry, proposed.json()["id"], "accept", "2018-08-10", subject="qian")
    assert accepted.status_code == 201, accepted.text
    listing: str = accepted.json()["listing_id"]
    return listing


async def entry_file(registry: ServiceUnderTest, listing: str) -> dict[str, Any]:
    """Return all that is on file about an entry."""
    answer = await get(registry, f"/listings/{listing}", Role.AUDITOR)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def effects_of(registry: ServiceUnderTest, household: str, as_of: str) -> dict[str, Any]:
    """Return what the lists say about a household on a day."""
    answer = await get(registry, f"/listings/effects?household_id={household}&as_of={as_of}", Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def malicious_default(registry: ServiceUnderTest, household: str, loan: UUID | None = None) -> UUID:
    """Deliver the news of a malicious default of 2018-07-01 and return the loan's id."""
    loan = loan or new_id()
    event = DefaultConfirmed(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        bank_code="RCB",
        default_report_id=new_id(),
        cause="malicious",
        malicious=True,
        confirmed_on=date(2018, 7, 1),
        overdue_from=date(2018, 3, 21),
        matures_on=date(2018, 3, 20),
        days_past_due=102,
        principal_outstanding=Decimal("30000.00"),
        interest_overdue=Decimal("10.00"),
        penalty_overdue=Decimal("1.00"),
    )
    await registry.deliver(event, aggregate_id=loan)
    return loan


async def repaid(registry: ServiceUnderTest, household: str, loan: UUID, on: date, version: int | None = None) -> None:
    """Deliver the news that a loan is repaid."""
    closed = LoanClosed(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        principal=Decimal("30000.00"),
        closed_on=on,
        repaid_on_time=False,
    )
    await registry.deliver(closed, aggregate_id=loan, aggregate_version=version)
