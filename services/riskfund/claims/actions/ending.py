"""Void claims whose ground is gone, or have two persons look at what was decided; nothing is rewritten (LG-39)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.rules.ground import Follows, Gone, what_follows
from services.riskfund.insurance.actions import requests as insurance
from shared import outbox
from shared.db import Connection
from shared.events.base import Event
from shared.events.lending import DefaultLifted, LoanClosed, LoanRestated
from shared.events.riskfund import ClaimVoided, InsuranceClaimWithdrawn

_CLAIMS = """
SELECT c.id, c.loan_id, c.village_code, c.state, c.insurance_amount, g.cause, g.gone_on
FROM claim c JOIN unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[]) AS g (loan_id, default_id, cause, gone_on)
  ON g.loan_id = c.loan_id AND coalesce(g.default_id = c.default_id, true)
WHERE c.state NOT IN ('refused', 'voided') ORDER BY c.id FOR UPDATE OF c
"""
_VOID = """
UPDATE claim SET state = 'voided', voided_on = greatest($2, filed_on), void_cause = $3, version = version + $4
WHERE id = $1 RETURNING voided_on, version
"""
_REVIEW = """
INSERT INTO claim_review (id, claim_id, cause, raised_on) SELECT uuid7(), $1, $2, $3
ON CONFLICT (claim_id) WHERE outcome IS NULL DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """What claims on a loan, or on one of its defaults, no longer rest on since a day."""

    loan_id: UUID
    default_id: UUID | None
    gone: Gone
    gone_on: date


def of_lifted(event: DefaultLifted) -> Ground:
    """Return that claims on a default rest on nothing."""
    return Ground(event.loan_id, event.default_report_id, Gone(f"default_{event.cause}"), event.lifted_on)


def of_closed(event: LoanClosed) -> Ground:
    """Return that nothing is owed that could be compensated."""
    return Ground(event.loan_id, None, Gone.LOAN_REPAID, event.closed_on)


def of_restated(event: LoanRestated) -> Ground | None:
    """Return that the loan's figures are others, or that nothing is owed; None when what is owed is the same."""
    before, after = event.before, event.after
    if after.closed_on is not None and before.closed_on is None:
        return Ground(event.loan_id, None, Gone.LOAN_REPAID, event.restated_on)
    figures = [
        (each.principal_outstanding, each.interest_paid, each.interest_remitted, each.penalty_remitted)
        for each in (before, after)
    ]
    return Ground(event.loan_id, None, Gone.ACCOUNT_RESTATED, event.restated_on) if figures[0] != figures[1] else None


async def end_groundless(conn: Connection, grounds: Sequence[Ground]) -> None:
    """Void the claims that nobody decided, and raise a review of those that were decided or paid.

    Claims on one loan are few; their loans and funds are locked.
    """
    if not grounds:
        return
    rows = await conn.fetch(
        _CLAIMS,
        [each.loan_id for each in grounds],
        [each.default_id for each in grounds],
        [each.gone for each in grounds],
        [each.gone_on for each in grounds],
    )
    for row in rows:
        follows = what_follows(State(row["state"]), row["insurance_amount"], Gone(row["cause"]))
        if follows is Follows.VOIDED:
            await void(conn, row, row["cause"], row["gone_on"])
        elif follows is Follows.REVIEWED:
            await conn.execute(_REVIEW, row["id"], row["cause"], row["gone_on"])


async def void(conn: Connection, claim: Any, cause: str, on: date) -> None:
    """Void a locked claim (its id, loan and village): insurers that have not answered are asked no more."""
    requests = await insurance.end_requests(conn, claim["id"], on)
    row: Any = await conn.fetchrow(_VOID, claim["id"], on, cause, len(requests) + 1)
    about = {"claim_id": claim["id"], "loan_id": claim["loan_id"]}
    events: list[Event] = [
        InsuranceClaimWithdrawn(
            **about,
            insurer_code=each["insurer_code"],
            policy_number=each["policy_number"],
            withdrawn_on=each["ended_on"],
        )
        for each in requests
    ]
    events.append(ClaimVoided(**about, voided_on=row["voided_on"], cause=cause))
    first = row["version"] - len(requests)
    for version, event in enumerate(events, start=first):
        await outbox.record(
            conn, event, aggregate_id=claim["id"], aggregate_version=version, region_code=claim["village_code"]
        )
