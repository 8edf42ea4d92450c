"""Record that borrowers were reminded, one by one or as the bank's file, and take back what was recorded wrongly."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.loans.queries import get_loan
from services.lending.loans.refusals import LoanOfAnotherBank
from services.lending.reminders.file import FILE, IN_WRITING
from services.lending.reminders.queries import rule_rows
from services.lending.reminders.refusals import ReminderUnknown, ReminderWithdrawn, refusal_of
from services.lending.reminders.schemas import (
    RejectedReminder,
    ReminderFileOut,
    ReminderIn,
    ReminderOut,
    ReminderWithdrawalIn,
)
from shared.access import Principal, Right
from shared.csv_files.staging import stage_file, stage_line
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.policy.copies import pack_for
from shared.scope import Scope, organisation_of

_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('reminders/' || $1, 0))"
_PACKS: Final = """
SELECT DISTINCT l.pack_id, l.product_code FROM reminder_file_line f
JOIN loan l ON l.bank_code = $1 AND l.contract_number = f.contract_number AND l.cancelled_on IS NULL
"""
_CREATE: Final = """
CREATE TEMP TABLE reminder_line (
  line_number int NOT NULL, loan_id uuid, due_on date, days_before int, reminded_on date, channel text,
  reminded_by text, amount numeric(18, 2), unreadable text, disbursed_on date, asked text, known_on date,
  is_known boolean, code text
) ON COMMIT DROP
"""
# $1 bank, $2 regions, $3 today, $4 the reminders by pack and product, $5 the ways that are in writing.
_CHECK: Final = f"""
WITH {FILE.read}, rule AS (
  SELECT * FROM jsonb_to_recordset($4::jsonb)
    AS r (pack_id uuid, product_code text, days_before int, is_written boolean)
)
INSERT INTO reminder_line
SELECT r.line_number, l.id, r.due_on, r.days_before, r.reminded_on, r.channel, r.reminded_by, r.amount, r.unreadable,
  l.disbursed_on,
  (SELECT string_agg(o.days_before::text, ', ' ORDER BY o.days_before DESC) FROM rule o
   WHERE o.pack_id = l.pack_id AND o.product_code = l.product_code),
  k.reminded_on,
  (k.reminded_on, k.channel, k.reminded_by, k.amount) = (r.reminded_on, r.channel, r.reminded_by, r.amount),
  CASE
    WHEN r.unreadable IS NOT NULL THEN 'line-malformed'
    WHEN l.id IS NULL AND EXISTS (SELECT FROM loan o WHERE o.contract_number = r.contract_number
      AND o.bank_code <> $1::text AND o.village_code ^@ ANY ($2::text[])) THEN 'loan-of-another-bank'
    WHEN l.id IS NULL THEN 'loan-unknown'
    WHEN r.reminded_on > $3::date THEN 'date-in-future'
    WHEN NOT EXISTS (SELECT FROM installment i WHERE i.loan_id = l.id AND i.due_on = r.due_on
      AND coalesce(i.cancelled_on > r.reminded_on, true)) THEN 'nothing-due-then'
    WHEN rule.days_before IS NULL THEN 'reminder-not-asked'
    WHEN rule.is_written AND r.channel <> ALL ($5::text[]) THEN 'reminder-not-written'
    WHEN r.reminded_on < l.disbursed_on THEN 'date-before-step'
    WHEN r.reminded_on > r.due_on THEN 'reminded-after-due'
  END
FROM read r
LEFT JOIN loan l ON l.bank_code = $1::text AND l.contract_number = r.contract_number AND l.cancelled_on IS NULL
  AND l.village_code ^@ ANY ($2::text[])
LEFT JOIN rule ON rule.pack_id = l.pack_id AND rule.product_code = l.product_code AND rule.days_before = r.days_before
LEFT JOIN reminder k ON k.loan_id = l.id AND k.due_on = r.due_on AND k.days_before = r.days_before
  AND k.withdrawn_on IS NULL
"""  # noqa: S608 - our own text
# The first right line of a file speaks for a reminder; the same again changes nothing, another word is refused.
_KNOWN: Final = """
UPDATE reminder_line n SET known_on = f.reminded_on,
  is_known = (f.reminded_on, f.channel, f.reminded_by, f.amount) = (n.reminded_on, n.channel, n.reminded_by, n.amount)
FROM (SELECT DISTINCT ON (loan_id, due_on, days_before) * FROM reminder_line WHERE code IS NULL
      ORDER BY loan_id, due_on, days_before, line_number) f
WHERE n.code IS NULL AND n.is_known IS NULL
  AND (n.loan_id, n.due_on, n.days_before) = (f.loan_id, f.due_on, f.days_before)
  AND n.line_number > f.line_number
"""
_REFUSE_OTHERS: Final = "UPDATE reminder_line SET code = 'reminded-already' WHERE code IS NULL AND NOT is_known"
_REFUSED: Final = "SELECT *, $1::date AS today FROM reminder_line WHERE code IS NOT NULL ORDER BY line_number"
_RECORD: Final = """
INSERT INTO reminder (id, loan_id, due_on, days_before, reminded_on, channel, reminded_by, amount, recorded_by)
SELECT uuid7(), loan_id, due_on, days_before, reminded_on, channel, reminded_by, amount, $1
FROM reminder_line WHERE code IS NULL AND is_known IS NULL ORDER BY line_number RETURNING id
"""
_OF_LINE: Final = """
SELECT r.* FROM reminder r JOIN reminder_line n USING (loan_id, due_on, days_before) WHERE r.withdrawn_on IS NULL
"""
_FIND: Final = """
SELECT r.* FROM reminder r JOIN loan l ON l.id = r.loan_id
WHERE r.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[]) FOR UPDATE OF r
"""
_WITHDRAW: Final = """
UPDATE reminder SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1 RETURNING *
"""


async def record_file(
    conn: Connection, officer: Principal, body: bytes, lines: int, total: Decimal, today: date
) -> ReminderFileOut:
    """Record every right line of the bank's file of reminders and say of every other why not.

    Raises: FileRefused: the whole file, by name (`stage_file`). Clause: DZ-5b.
    """
    await stage_file(conn, FILE, body, lines, total)
    refused = await _check(conn, officer, today)
    recorded = len(await conn.fetch(_RECORD, officer.subject))
    return ReminderFileOut(
        line_count=lines,
        recorded_count=recorded,
        already_recorded_count=lines - recorded - len(refused),
        rejected_count=len(refused),
        rejections=[_rejection(row) for row in refused],
    )


async def record_reminder(
    conn: Connection, officer: Principal, loan_id: UUID, body: ReminderIn, today: date
) -> ReminderOut:
    """Record one reminder by the same checks as a file's line; the same words again answer what is on record.

    Raises: LoanUnknown, LoanOfAnotherBank, or one of `reminders.refusals`. Clause: DZ-5b.
    """
    loan = await get_loan(conn, loan_id, Scope.within(officer.regions_for(Right.LOANS_FOLLOW_UP)))
    if loan.bank_code != organisation_of(officer):
        raise LoanOfAnotherBank
    said = (body.due_on, body.days_before, body.reminded_on, body.channel, body.reminded_by, f"{body.amount:.2f}")
    await stage_line(conn, FILE, (loan.contract_number, *map(str, said)))
    for row in await _check(conn, officer, today):
        raise refusal_of(row["code"], row)
    await conn.execute(_RECORD, officer.subject)
    return ReminderOut.model_validate(dict(await conn.fetchrow(_OF_LINE)))


async def withdraw_reminder(
    conn: Connection, officer: Principal, reminder_id: UUID, body: ReminderWithdrawalIn
) -> ReminderOut:
    """Take a record back, as another person of the bank; the reminder is then owed again.

    Raises: ReminderUnknown, MakerIsChecker, ReminderWithdrawn, DateBeforeStep.
    """
    regions = officer.regions_for(Right.LOANS_FOLLOW_UP)
    found = await conn.fetchrow(_FIND, reminder_id, organisation_of(officer), regions)
    if found is None:
        raise ReminderUnknown(reminder_id)
    if found["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if found["withdrawn_on"] is not None:
        raise ReminderWithdrawn(found["withdrawn_on"], found["withdrawn_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "reminded_on", found["reminded_on"])
    row = await conn.fetchrow(_WITHDRAW, reminder_id, body.withdrawn_on, officer.subject, body.reason)
    return ReminderOut.model_validate(dict(row))


async def _check(conn: Connection, officer: Principal, today: date) -> list[Mapping[str, Any]]:
    """Put every staged line beside its loan and say which cannot be taken; the bank's files come one after another."""
    bank = organisation_of(officer)
    await conn.execute(_IN_TURN, bank)
    packs = [await pack_for(conn, row["pack_id"], row["product_code"]) for row in await conn.fetch(_PACKS, bank)]
    await conn.execute(_CREATE)
    regions = officer.regions_for(Right.LOANS_FOLLOW_UP)
    await conn.execute(_CHECK, bank, regions, today, rule_rows(packs), list(IN_WRITING))
    await conn.execute(_KNOWN)
    await conn.execute(_REFUSE_OTHERS)
    return list(await conn.fetch(_REFUSED, today))


def _rejection(row: Mapping[str, Any]) -> RejectedReminder:
    refusal = refusal_of(row["code"], row)
    return RejectedReminder(line_number=row["line_number"], code=refusal.code, reason=refusal.detail)
