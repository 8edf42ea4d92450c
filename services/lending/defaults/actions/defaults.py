"""Defaults: the bank reports, another person at the county's office confirms, and the event goes out with its
figures.
"""

from datetime import date
from typing import Any
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, restate
from services.lending.accounts.loading import books_of
from services.lending.accounts.rules.lateness import days_past_due
from services.lending.accounts.rules.postings import Posting, PostingKind
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.defaults.queries import get_default_report
from services.lending.defaults.refusals import (
    AlreadyConfirmed,
    AlreadyReported,
    DefaultTooEarly,
    LoanNotActive,
    NoEntityUsedMoney,
    NothingOverdue,
    PapersMissing,
    ReportUnknown,
    ReportWithdrawn,
)
from services.lending.defaults.rules.papers import PaperKind, missing_papers
from services.lending.defaults.rules.threshold import first_default_on
from services.lending.defaults.schemas import ConfirmationIn, DefaultReportIn, DefaultReportOut
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.loans.rest_days_sql import timeliness
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.lending import DefaultConfirmed
from shared.ids import new_id
from shared.money import ZERO
from shared.offices import Step, acting_for
from shared.policy.copies import pack_for, pack_in_effect
from shared.policy.vocabulary import OWN_USE, DueKind, LossCause, Office
from shared.scope import Scope, organisation_of

_LOCK_LOAN = """
SELECT id, household_id, village_code, bank_code, state, version, pack_id, product_code, mode, disbursed_on, matures_on,
  default_after_days, principal_outstanding
FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR NO KEY UPDATE
"""
_OVERDUE_SINCE = f"""
SELECT min(timely.met_on) + 1 FROM installment i JOIN loan l ON l.id = i.loan_id {timeliness("0", "l.county_code")}
WHERE i.loan_id = $1 AND i.cancelled_on IS NULL AND timely.met_on < $2
  AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
"""  # noqa: S608 - our own texts
_REPORTED = "SELECT id FROM default_report WHERE loan_id = $1 AND overdue_from = $2 AND withdrawn_on IS NULL"
_REPORT = """
INSERT INTO default_report (id, loan_id, bank_code, overdue_from, cause, malicious, evidence, papers, died_on,
  reported_on, days_past_due, reported_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def report_default(
    conn: Connection, officer: Principal, loan_id: UUID, body: DefaultReportIn
) -> DefaultReportOut:
    """Take the bank's report that a loan is in default.

    Raises: one of `defaults.refusals`, DateBeforeStep. Clauses: FJ-12, LG-21a.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.DEFAULTS_REPORT)
    loan = await conn.fetchrow(_LOCK_LOAN, loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if body.died_on is not None:
        ensure_not_before("died_on", body.died_on, "disbursed_on", loan["disbursed_on"])
    if body.cause is LossCause.ENTRUSTED and loan["mode"] in OWN_USE:
        raise NoEntityUsedMoney
    accelerates = await _calls_in(conn, loan, body.cause, body.reported_on)
    if missing := missing_papers(body.cause, {paper.kind for paper in body.papers}, accelerates=accelerates):
        raise PapersMissing(body.cause, missing)
    since = await _overdue_since(conn, loan, body.cause, body.reported_on)
    if (earlier := await conn.fetchval(_REPORTED, loan_id, since)) is not None:
        raise AlreadyReported(earlier)
    report_id = new_id()
    await conn.execute(
        _REPORT,
        report_id,
        loan_id,
        bank,
        since,
        body.cause,
        body.cause is LossCause.MALICIOUS,
        body.evidence,
        [paper.model_dump() for paper in body.papers],
        body.died_on,
        body.reported_on,
        days_past_due(since, body.reported_on),
        officer.subject,
    )
    return await get_default_report(conn, report_id, Scope.within(regions, bank))


async def _calls_in(conn: Connection, loan: Any, cause: LossCause, on: date) -> bool:
    """Return whether the county lets all principal fall due with a default of this cause."""
    terms = (await pack_in_effect(conn, loan["pack_id"], on, loan["product_code"])).loan_terms
    return cause in (terms.accelerating_causes or ())


async def _overdue_since(conn: Connection, loan: Any, cause: LossCause, on: date) -> date:
    if loan["state"] != "active":
        raise LoanNotActive(loan["state"])
    since: date | None = await conn.fetchval(_OVERDUE_SINCE, loan["id"], on)
    if since is None or loan["principal_outstanding"] == 0:
        raise NothingOverdue(on)
    rule = (await pack_in_effect(conn, loan["pack_id"], on, loan["product_code"])).compensation_rule
    first_on = first_default_on(cause, since, loan["matures_on"], loan["default_after_days"], rule)
    if on < first_on:
        raise DefaultTooEarly(on, first_on, days_past_due(since, on))
    return since


_LOCK_REPORT = """
SELECT r.id, r.loan_id, r.cause, r.papers, r.reported_on, r.reported_by, r.withdrawn_on, c.confirmed_on
FROM default_report r
JOIN loan l ON l.id = r.loan_id
LEFT JOIN default_confirmation c ON c.report_id = r.id
WHERE r.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_CONFIRM = """
INSERT INTO default_confirmation (report_id, confirmed_on, confirmed_by, overdue_from, days_past_due,
  principal_outstanding, interest_overdue, penalty_overdue, surcharge_overdue, office, accelerates)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def confirm_default(
    conn: Connection, officer: Principal, report_id: UUID, body: ConfirmationIn
) -> DefaultReportOut:
    """Confirm a reported default: its figures as of the day go out as an event, and the account goes on.

    Money is taken at any time; when everything that fell due is paid, the default is lifted.

    Raises: one of `defaults.refusals`, OtherOffice, MakerIsChecker, DateBeforeStep. Clauses: LG-39, LG-44.
    """
    regions = officer.regions_for(Right.DEFAULTS_CONFIRM)
    report = await conn.fetchrow(_LOCK_REPORT, report_id, regions)
    if report is None:
        raise ReportUnknown(report_id)
    if report["reported_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    loan = await conn.fetchrow(_LOCK_LOAN, report["loan_id"], regions)
    pack = (await pack_for(conn, loan["pack_id"], loan["product_code"])).pack
    office = acting_for(officer, Step.DEFAULT_CONFIRMATION, loan["village_code"], pack)
    # Read again under the loan's lock: another officer may have confirmed meanwhile.
    report = await conn.fetchrow(_LOCK_REPORT, report_id, regions)
    if report["confirmed_on"] is not None:
        raise AlreadyConfirmed(report["confirmed_on"])
    if report["withdrawn_on"] is not None:
        raise ReportWithdrawn(report["withdrawn_on"])
    ensure_not_before("confirmed_on", body.confirmed_on, "reported_on", report["reported_on"])
    cause, on = LossCause(report["cause"]), body.confirmed_on
    since = await _overdue_since(conn, loan, cause, on)
    has_notice = PaperKind.ACCELERATION_NOTICE in {paper["kind"] for paper in report["papers"]}
    accelerates = has_notice and await _calls_in(conn, loan, cause, on)
    posting = Posting(report_id, PostingKind.DEFAULT, on, str(report_id), accelerates=accelerates)
    await _store(conn, officer, loan["id"], posting, since, office)
    confirmed = await get_default_report(conn, report_id, Scope.within(regions))
    await _tell(conn, loan, loan["version"] + 1, confirmed)
    await restate(conn, [Change(loan["id"], RestatementCause.DEFAULT, body.confirmed_on, events_before=1)])
    return confirmed


async def _store(
    conn: Connection, officer: Principal, loan_id: UUID, default: Posting, since: date, office: Office
) -> None:
    """Write the default's figures on its day; what it calls in is due then."""
    (books,) = await books_of(conn, [loan_id])
    on = default.value_on
    account = accrued_to(replay(books.contract, [*books.postings, default], books.rest_days, on), on)
    if account.principal_outstanding == 0:  # money held has paid it that day, and the books learn it with the day's run
        raise NothingOverdue(on)
    due = [each for each in account.live if each.due_on <= on]
    await conn.execute(
        _CONFIRM,
        default.id,
        on,
        officer.subject,
        since,
        days_past_due(since, on),
        account.principal_outstanding,
        sum((each.unpaid(DueKind.INTEREST) for each in due), ZERO),
        sum((each.unpaid(DueKind.PENALTY) for each in due), ZERO),
        account.surcharge_unpaid(on),
        str(office),
        default.accelerates,
    )


async def _tell(conn: Connection, loan: Any, version: int, report: DefaultReportOut) -> None:
    event = DefaultConfirmed.model_validate(
        {
            **report.model_dump(include=set(DefaultConfirmed.model_fields)),
            "default_report_id": report.id,
            "accelerates": report.accelerates is True,
            "matures_on": loan["matures_on"],
        }
    )
    await outbox.record(
        conn, event, aggregate_id=loan["id"], aggregate_version=version, region_code=loan["village_code"]
    )
