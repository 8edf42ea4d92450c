"""Defaults: the bank reports, another person at the county's office confirms, and the event goes out with its
figures.
"""

from datetime import date
from typing import Any
from uuid import UUID

from services.lending.defaults.queries import get_default_report
from services.lending.defaults.refusals import (
    AlreadyConfirmed,
    AlreadyReported,
    DefaultTooEarly,
    LoanNotActive,
    NothingOverdue,
    ReportUnknown,
)
from services.lending.defaults.rules.threshold import days_past_due, first_default_on
from services.lending.defaults.schemas import ConfirmationIn, DefaultReportIn, DefaultReportOut
from services.lending.loans.postings_sql import DEFAULTED
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.loans.rest_days_sql import timeliness
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.lending import DefaultConfirmed
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.copies import pack_for, pack_in_effect
from shared.policy.vocabulary import LossCause
from shared.scope import Scope, organisation_of

_LOCK_LOAN = """
SELECT id, household_id, village_code, bank_code, state, version, pack_id, product_code, disbursed_on, matures_on,
  default_after_days, booked_until, principal_outstanding
FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR NO KEY UPDATE
"""
_OVERDUE_SINCE = f"""
SELECT min(timely.met_on) + 1 FROM installment i {timeliness("0")}
WHERE i.loan_id = $1 AND i.cancelled_on IS NULL AND timely.met_on < $2
  AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
"""  # noqa: S608 - our own texts
_REPORTED = "SELECT id FROM default_report WHERE loan_id = $1 AND overdue_from = $2"
_REPORT = """
INSERT INTO default_report (id, loan_id, bank_code, overdue_from, cause, malicious, evidence, died_on, reported_on,
  days_past_due, reported_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
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
        body.died_on,
        body.reported_on,
        days_past_due(since, body.reported_on),
        officer.subject,
    )
    return await get_default_report(conn, report_id, Scope.within(regions, bank))


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
SELECT r.id, r.loan_id, r.cause, r.reported_on, r.reported_by, c.confirmed_on
FROM default_report r
JOIN loan l ON l.id = r.loan_id
LEFT JOIN default_confirmation c ON c.report_id = r.id
WHERE r.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
# $1 loan, $2 day, $3 report, $4 officer, $5 overdue since, $6 days past due, $7 office.
# Penalty is booked to the day, then frozen.
_CONFIRM = f"""
WITH owed AS MATERIALIZED (
  SELECT i.loan_id, i.number, s.late_from_on, i.interest_due - i.interest_paid AS interest,
    i.interest_due - i.interest_paid + i.principal_due - i.principal_paid AS overdue,
    i.penalty_due - i.penalty_paid AS penalty,
    CASE WHEN s.late_from_on < $2::date AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
      THEN interest_on(i.interest_due - i.interest_paid + i.principal_due - i.principal_paid,
        l.annual_rate * l.penalty_multiplier, l.day_count, s.late_from_on, $2::date, l.rounding)
    END AS accrued
  FROM loan l
  JOIN installment i ON i.loan_id = l.id
  {timeliness("l.grace_days")}
  CROSS JOIN LATERAL (SELECT greatest(i.penalty_until_on, timely.late_after_on) AS late_from_on) s
  WHERE l.id = $1 AND i.cancelled_on IS NULL AND i.due_on <= $2::date
), figure AS MATERIALIZED (
  SELECT coalesce(sum(interest), 0.00) AS interest, coalesce(sum(penalty + coalesce(accrued, 0)), 0.00) AS penalty,
    coalesce(sum(accrued), 0.00) AS accrued
  FROM owed
), {DEFAULTED}, put_confirmation AS (
  INSERT INTO default_confirmation (report_id, confirmed_on, confirmed_by, overdue_from, days_past_due,
    principal_outstanding, interest_overdue, penalty_overdue, office)
  SELECT $3::uuid, $2::date, $4::text, $5::date, $6::int, p.principal_outstanding, f.interest, f.penalty, $7::text
  FROM put_loan p, figure f
)
SELECT p.version FROM put_loan p
"""  # noqa: S608 - our own texts


async def confirm_default(
    conn: Connection, officer: Principal, report_id: UUID, body: ConfirmationIn
) -> DefaultReportOut:
    """Confirm a reported default: the loan's penalty is booked to the day and its figures go out as an event.

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
    ensure_not_before("confirmed_on", body.confirmed_on, "reported_on", report["reported_on"])
    ensure_not_before("confirmed_on", body.confirmed_on, "booked_until", loan["booked_until"])
    since = await _overdue_since(conn, loan, LossCause(report["cause"]), body.confirmed_on)
    past_due = days_past_due(since, body.confirmed_on)
    values = body.confirmed_on, report_id, officer.subject, since, past_due, str(office)
    version = await conn.fetchval(_CONFIRM, loan["id"], *values)
    confirmed = await get_default_report(conn, report_id, Scope.within(regions))
    await _tell(conn, loan, version, confirmed)
    return confirmed


async def _tell(conn: Connection, loan: Any, version: int, report: DefaultReportOut) -> None:
    event = DefaultConfirmed.model_validate(
        {
            **report.model_dump(include=set(DefaultConfirmed.model_fields)),
            "default_report_id": report.id,
            "matures_on": loan["matures_on"],
        }
    )
    await outbox.record(
        conn, event, aggregate_id=loan["id"], aggregate_version=version, region_code=loan["village_code"]
    )
