"""What is unpaid of a bank's loans, penalty up to a day of payment: by SQL, and by replay for some loans.

What was known at a moment is of its postings alone: every loan is replayed then, some hundreds at a time.

Money that is held pays on the day something falls due, whether or not the run of that day has come yet. So what such a
loan owes on a later day is its account of that day; few loans hold any. So it is for loans that were misused.
"""

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.queries import account_as_of
from services.lending.accounts.refusals import KnownInFuture
from services.lending.accounts.rules.account import Account, Due
from services.lending.loans.heirs_sql import heirs_of
from services.lending.loans.late_sql import late_until
from services.lending.loans.rest_days_sql import timeliness
from services.lending.loans.surcharge_sql import surcharge
from shared.db import Connection
from shared.policy.vocabulary import OWN_USE, DueKind

_OWED: Final = """l.state IN ('active', 'defaulted') AND l.claim_id IS NULL AND l.bank_code = $1
    AND l.village_code ^@ ANY ($2::text[])"""
_HOLDING: Final = f"SELECT l.id FROM loan l WHERE {_OWED} AND (l.held > 0 OR l.misused)"  # noqa: S608 - our own text
# The entity that used the money owes it as agreed, else the household (LG-20b).
_OWN_USE: Final = ", ".join(f"'{mode}'" for mode in sorted(OWN_USE))
_DEBTOR: Final = (
    f"CASE WHEN l.mode NOT IN ({_OWN_USE}) THEN 'entity' WHEN w.heirs IS NOT NULL THEN 'heirs' ELSE 'household' END"
)
# Penalty is what is accrued if all of it is paid on one day ($5). What was paid ahead and lacks no more than the
# contract's tolerance is met on its day. $6 to $12: the dues of loans that are replayed, and what is held for each.
_DUES: Final = f"""
WITH unpaid AS (
  SELECT i.loan_id, i.number, i.interest_due - i.interest_paid AS interest,
    i.principal_due - i.principal_paid AS principal, i.penalty_due - i.penalty_paid + late.penalty AS penalty,
    {surcharge("(i.penalty_due - i.compound_due + late.penalty - late.compound)", "l.penalty_multiplier")}
      - {surcharge("(i.penalty_paid - i.compound_paid)", "l.penalty_multiplier")} AS surcharge, 0.00 AS held
  FROM loan l
  JOIN installment i ON i.loan_id = l.id
  {timeliness("l.grace_days", "l.county_code")}
  CROSS JOIN LATERAL (SELECT greatest(i.penalty_until_on, timely.late_after_on) AS late_from_on) s
  {late_until("$5::date")}
  WHERE {_OWED} AND l.held = 0 AND NOT l.misused AND i.cancelled_on IS NULL AND i.due_on BETWEEN $3 AND $4
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due OR i.penalty_paid < i.penalty_due)
    AND NOT (l.tolerance > 0 AND i.due_on <= $5 AND i.interest_paid + i.principal_paid + i.penalty_paid > 0
      AND i.interest_due - i.interest_paid + i.principal_due - i.principal_paid + i.penalty_due - i.penalty_paid
        <= l.tolerance)
  UNION ALL
  SELECT * FROM unnest($6::uuid[], $7::int[], $8::numeric[], $9::numeric[], $10::numeric[], $11::numeric[],
    $12::numeric[])
)
SELECT l.contract_number, l.id AS loan_id, l.household_number, l.state,
  {_DEBTOR} AS debtor, w.heirs, i.due_on, timely.met_on, d.interest, d.principal, d.penalty, d.surcharge,
  $5::date AS penalty_until, t.total, d.held, t.total - d.held AS to_pay
FROM unpaid d
JOIN loan l ON l.id = d.loan_id
JOIN installment i ON i.loan_id = d.loan_id AND i.number = d.number
CROSS JOIN LATERAL (SELECT {heirs_of("l.id")} AS heirs) w
{timeliness("l.grace_days", "l.county_code")}
CROSS JOIN LATERAL (SELECT d.interest + d.principal + d.penalty AS total) t
ORDER BY i.due_on, l.contract_number, i.number
"""  # noqa: S608 - our own texts

COLUMNS: Final = (
    "contract_number",
    "loan_id",
    "household_number",
    "state",
    "debtor",
    "heirs",
    "due_on",
    "met_on",
    "interest",
    "principal",
    "penalty",
    "surcharge",
    "penalty_until",
    "total",
    "held",
    "to_pay",
)
_REPLAYED_AT_ONCE: Final = 500
_IS_TO_COME: Final = "SELECT $1::timestamptz > clock_timestamp()"
# Who asks what was known waits for who pays a loan out, and for who books on one.
_PAYOUTS: Final = """
SELECT count(*) FROM (SELECT id FROM application
  WHERE bank_code = $1 AND state = 'handed_over' AND village_code ^@ ANY ($2::text[]) ORDER BY id FOR SHARE) locked
"""
_BOOKINGS: Final = """
SELECT count(*) FROM (SELECT id FROM loan
  WHERE bank_code = $1 AND village_code ^@ ANY ($2::text[]) ORDER BY id FOR SHARE) locked
"""
# $3 moment, $4 the last due day
_KNOWN: Final = f"""
SELECT l.id, l.contract_number, l.household_number,
  {_DEBTOR} AS debtor, w.heirs
FROM loan l
LEFT JOIN disbursement d ON d.loan_id = l.id
CROSS JOIN LATERAL (SELECT {heirs_of("l.id", "$3")} AS heirs) w
WHERE l.bank_code = $1 AND l.village_code ^@ ANY ($2::text[]) AND l.disbursed_on <= $4
  AND (d.recorded_at <= $3) IS NOT FALSE AND (l.compensated_at <= $3) IS NOT TRUE AND (l.cancelled_at <= $3) IS NOT TRUE
ORDER BY l.id
"""  # noqa: S608 - our own texts


class _Unpaid(NamedTuple):
    """A due of a loan that is replayed, and what of it the money will pay, in yuan."""

    loan_id: UUID
    number: int
    interest: Decimal
    principal: Decimal
    penalty: Decimal
    surcharge: Decimal
    held: Decimal


async def dues_csv(
    conn: Connection, bank_code: str, regions: list[str], due_from: date, due_through: date, paid_on: date
) -> bytes:
    """Return as CSV what is unpaid of the bank's loans and falls due in a span of days, penalty up to a day of payment.

    A loan in default stands there until it is compensated. `to_pay` is the total less what is held for it; `debtor`
    is whom the bank holds to it: the entity that used the money, or else the household (LG-20b).
    """
    text = io.BytesIO()
    async with conn.transaction(isolation="repeatable_read", readonly=True):  # no loan is in both parts, or in none
        holding = [row["id"] for row in await conn.fetch(_HOLDING, bank_code, regions)]
        held = await books_of(conn, holding) if holding else ()
        rows = [
            unpaid for books in held for _, unpaid in _of_account(books.id, _now(books, paid_on), due_from, due_through)
        ]
        columns = [[row[place] for row in rows] for place in range(len(_Unpaid._fields))]
        asked = (bank_code, regions, due_from, due_through, paid_on, *columns)
        await conn.copy_from_query(_DUES, *asked, output=text, format="csv", header=True)
    return text.getvalue()


async def known_dues_csv(
    conn: Connection,
    bank_code: str,
    regions: list[str],
    due_from: date,
    due_through: date,
    paid_on: date,
    known_at: datetime,
) -> bytes:
    """Return the same as it was known at a moment; that answer never changes, whatever is booked or taken back since.

    Raises: KnownInFuture.
    """
    if await conn.fetchval(_IS_TO_COME, known_at):
        raise KnownInFuture(known_at)
    for wait in (_PAYOUTS, _BOOKINGS):
        await conn.fetchval(wait, bank_code, regions)
    loans = await conn.fetch(_KNOWN, bank_code, regions, known_at, due_through)
    lines: list[tuple[Any, ...]] = []
    for first in range(0, len(loans), _REPLAYED_AT_ONCE):
        some = loans[first : first + _REPLAYED_AT_ONCE]
        books = await books_of(conn, [loan["id"] for loan in some], known_at)
        lines += await asyncio.to_thread(_known_lines, some, books, due_from, due_through, paid_on)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *sorted(lines, key=lambda line: (line[6], line[0]))])
    return text.getvalue().encode()


def _known_lines(
    loans: Sequence[Any], books: Sequence[Books], due_from: date, due_through: date, paid_on: date
) -> list[tuple[Any, ...]]:
    lines = []
    for loan, of_loan in zip(loans, books, strict=True):
        account = account_as_of(of_loan, max(paid_on, *_value_days(of_loan)))
        state = "defaulted" if account.defaulted_on else "active"
        head = loan["contract_number"], loan["id"], loan["household_number"], state, loan["debtor"], loan["heirs"]
        for due, unpaid in _of_account(of_loan.id, account, due_from, due_through):
            total = unpaid.interest + unpaid.principal + unpaid.penalty
            owed = unpaid.interest, unpaid.principal, unpaid.penalty, unpaid.surcharge
            lines.append((*head, due.due_on, due.met_on, *owed, paid_on, total, unpaid.held, total - unpaid.held))
    return lines


def _now(books: Books, paid_on: date) -> Account:
    return account_as_of(books, books.last_day(books.postings, paid_on))


def _value_days(books: Books) -> Iterator[date]:
    yield books.contract.disbursed_on
    yield from (posting.value_on for posting in books.postings)


def _of_account(loan_id: UUID, account: Account, due_from: date, due_through: date) -> Iterator[tuple[Due, _Unpaid]]:
    left = account.held
    for due in sorted(account.live, key=lambda due: (due.due_on, due.number)):
        if not due.is_open or due.due_on > due_through:
            continue
        penalty, interest, principal = (due.unpaid(kind) for kind in DueKind)
        pays = min(left, penalty + interest + principal)
        left -= pays
        if due.due_on >= due_from:
            more = account.surcharge_due(due) - account.surcharge_paid(due)
            yield due, _Unpaid(loan_id, due.number, interest, principal, penalty, more, pays)
