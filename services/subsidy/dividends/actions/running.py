"""Prepare, review and approve what a year of an agreement brings its households (ZJ-4(a), ZJ-5(a), FJ-9b, FJ-9c)."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement, stored_terms
from services.subsidy.agreements.rules.years import AgreementYear, years_of
from services.subsidy.agreements.schemas import TermsIn
from services.subsidy.dividends.queries import get_run
from services.subsidy.dividends.refusals import (
    DividendRunDecided,
    DividendRunOpen,
    DividendRunOutdated,
    DividendRunUnknown,
    DividendYearUnknown,
    DividendYieldMissing,
    NoDividendDue,
)
from services.subsidy.dividends.rules.shares import Share, YearTerms, dividends_of_year
from services.subsidy.dividends.schemas import DividendDecisionIn, DividendRunIn, DividendRunOut
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import DividendRunApproved
from shared.ids import new_id
from shared.money import ZERO
from shared.offices import Step
from shared.regions import county_of

_OPEN: Final = """
INSERT INTO dividend_run (id, agreement_id, agreement_version, region_code, year_number, period_from, period_until,
  due_on, yield_amount, yield_document, amount, prepared_by, prepared_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id
"""
_ADD_LINES: Final = """
INSERT INTO dividend_line (run_id, household_id, amount) SELECT $1, * FROM unnest($2::uuid[], $3::numeric[])
"""
_GRANTED: Final = """
SELECT l.household_id, sum(l.amount) AS amount FROM dividend_run r JOIN dividend_line l ON l.run_id = r.id
WHERE r.agreement_id = $1 AND r.year_number = $2 AND r.state = 'approved' GROUP BY 1
"""
_FIND: Final = "SELECT agreement_id FROM dividend_run WHERE id = $1 AND region_code ^@ ANY ($2::text[])"
_LOCK: Final = "SELECT * FROM dividend_run WHERE id = $1 FOR UPDATE"
_REVIEW: Final = "UPDATE dividend_run SET state = $2, reviewed_by = $3, reviewed_on = $4 WHERE id = $1"
_DECIDE: Final = """
UPDATE dividend_run SET state = $2, decided_by = $3, decided_as = $4, decided_on = $5 WHERE id = $1
"""


async def prepare_run(conn: Connection, officer: Principal, agreement_id: UUID, body: DividendRunIn) -> DividendRunOut:
    """Prepare what a year that is over brings, less what was granted for it before: the first run or a difference.

    Raises:
        AgreementUnknown, AgreementStateWrong, DividendYearUnknown, DateBeforeStep, DividendYieldMissing,
        NoDividendDue, DividendRunOpen.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_PREPARE, agreement_id, *held)
    terms = await stored_terms(conn, agreement_id, agreement["version"])
    year = _year(agreement, body.year_number)
    ensure_not_before("prepared_on", body.prepared_on, "period_until", year.until)
    if (terms.dividend_form == "equity") != (body.yield_amount is not None):
        raise DividendYieldMissing
    granted = {row["household_id"]: row["amount"] for row in await conn.fetch(_GRANTED, agreement_id, year.number)}
    due = dict.fromkeys(granted, ZERO) | _due(terms, year, body)
    lines = {
        each: amount - granted.get(each, ZERO) for each, amount in due.items() if amount != granted.get(each, ZERO)
    }
    if not lines:
        raise NoDividendDue(year.number)
    where = agreement_id, agreement["version"], agreement["region_code"], year.number, year.first_on, year.until
    due_on = max(year.until + timedelta(days=terms.payment_days), body.prepared_on)
    what = due_on, body.yield_amount, body.yield_document, sum(lines.values(), ZERO)
    run_id = await conn.fetchval(_OPEN, new_id(), *where, *what, officer.subject, body.prepared_on)
    if run_id is None:
        raise DividendRunOpen(year.number)
    await conn.execute(_ADD_LINES, run_id, list(lines), list(lines.values()))
    return await get_run(conn, [agreement["region_code"]], run_id)


async def review_run(conn: Connection, officer: Principal, run_id: UUID, body: DividendDecisionIn) -> DividendRunOut:
    """Pass a prepared run on for approval, or return it; never one's own.

    Raises:
        DividendRunUnknown, DividendRunDecided, MakerIsChecker, DateBeforeStep.
    """
    run, _ = await _locked(conn, officer, Right.DIVIDENDS_REVIEW, run_id, "prepared")
    ensure_not_before("decided_on", body.decided_on, "prepared_on", run["prepared_on"])
    state = "reviewed" if body.decision == "approve" else "returned"
    await conn.execute(_REVIEW, run_id, state, officer.subject, body.decided_on)
    return await get_run(conn, [run["region_code"]], run_id)


async def decide_run(conn: Connection, officer: Principal, run_id: UUID, body: DividendDecisionIn) -> DividendRunOut:
    """Grant a reviewed run, by the office that the pack names, or return it; never one's own.

    Raises:
        DividendRunUnknown, OtherOffice, DividendRunDecided, MakerIsChecker, DateBeforeStep, DividendRunOutdated.
    """
    run, agreement = await _locked(conn, officer, Right.DIVIDENDS_APPROVE, run_id, "reviewed")
    office = await acting_in(conn, officer, Step.DIVIDEND_APPROVAL, run["region_code"], body.decided_on)
    if run["reviewed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "reviewed_on", run["reviewed_on"])
    state = "approved" if body.decision == "approve" else "returned"
    if state == "approved":
        as_now = agreement["version"], _until(agreement)
        if as_now != (run["agreement_version"], max(run["period_until"], _until(agreement))):
            raise DividendRunOutdated
    await conn.execute(_DECIDE, run_id, state, officer.subject, str(office), body.decided_on)
    if state == "approved":
        await _record_approved(conn, run, body.decided_on)
    return await get_run(conn, [run["region_code"]], run_id)


def _year(agreement: dict[str, Any], number: int) -> AgreementYear:
    years = years_of(agreement["valid_from"], _until(agreement))
    if number > len(years):
        raise DividendYearUnknown(number, len(years))
    return years[number - 1]


def _until(agreement: dict[str, Any]) -> date:
    until: date = agreement["ended_on"] or agreement["valid_until"]
    return until


def _due(terms: TermsIn, year: AgreementYear, body: DividendRunIn) -> dict[UUID, Any]:
    index = year.number - 1
    promised = YearTerms(
        grant_rate=terms.grant_rates[index] if index < len(terms.grant_rates) else ZERO,
        loan_rate=terms.loan_rates[index] if index < len(terms.loan_rates) else ZERO,
        household_share=terms.household_share if terms.dividend_form == "equity" else None,
        year_yield=body.yield_amount,
    )
    amounts = dividends_of_year([Share(each.grant_amount, each.loan_amount) for each in terms.shares], promised, year)
    return {share.household_id: amount for share, amount in zip(terms.shares, amounts, strict=True)}


async def _locked(
    conn: Connection, officer: Principal, right: Right, run_id: UUID, state: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a run and its agreement, the agreement locked first, as preparing does."""
    agreement_id = await conn.fetchval(_FIND, run_id, officer.regions_for(right))
    if agreement_id is None:
        raise DividendRunUnknown(run_id)
    agreement = await lock_agreement(conn, officer, right, agreement_id)
    run: Any = await conn.fetchrow(_LOCK, run_id)
    if run["state"] != state:
        raise DividendRunDecided(run["state"])
    if run["prepared_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    return dict(run), agreement


async def _record_approved(conn: Connection, run: dict[str, Any], on: date) -> None:
    granted = await get_run(conn, [run["region_code"]], run["id"])
    event = DividendRunApproved(
        run_id=run["id"],
        agreement_id=run["agreement_id"],
        county_code=county_of(run["region_code"]),
        year_number=run["year_number"],
        households=len(granted.lines),
        amount=granted.amount,
        reduced=granted.reduced,
        due_on=run["due_on"],
        approved_on=on,
    )
    await outbox.record(conn, event, aggregate_id=run["id"], aggregate_version=1, region_code=run["region_code"])
