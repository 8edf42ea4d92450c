"""What is unpaid of a bank's loans, penalty up to a day of payment: by SQL, and by replay for some loans.

Money that is held pays on the day something falls due, whether or not the run of that day has come yet. So what such a
loan owes on a later day is its account of that day; few loans hold any. So it is for loans that were misused.
"""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.queries import account_as_of
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
  CASE WHEN l.mode NOT IN ({_OWN_USE}) THEN 'entity' WHEN w.heirs IS NOT NULL THEN 'heirs' ELSE 'household' END
    AS debtor, w.heirs, i.due_on, timely.met_on, d.interest, d.principal, d.penalty, d.surcharge,
  $5::date AS penalty_until, t.total, d.held, t.total - d.held AS to_pay
FROM unpaid d
JOIN loan l ON l.id = d.loan_id
JOIN installment i ON i.loan_id = d.loan_id AND i.number = d.number
CROSS JOIN LATERAL (SELECT {heirs_of("l.id")} AS heirs) w
{timeliness("l.grace_days", "l.county_code")}
CROSS JOIN LATERAL (SELECT d.interest + d.principal + d.penalty AS total) t
ORDER BY i.due_on, l.contract_number, i.number
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
        rows = [row for books in held for row in _of_books(books, due_from, due_through, paid_on)]
        columns = [[row[place] for row in rows] for place in range(len(_Unpaid._fields))]
        asked = (bank_code, regions, due_from, due_through, paid_on, *columns)
        await conn.copy_from_query(_DUES, *asked, output=text, format="csv", header=True)
    return text.getvalue()


def _of_books(books: Books, due_from: date, due_through: date, paid_on: date) -> Iterator[_Unpaid]:
    account = account_as_of(books, books.last_day(books.postings, paid_on))
    left = account.held
    for due in sorted(account.live, key=lambda due: (due.due_on, due.number)):
        if not due.is_open or due.due_on > due_through:
            continue
        penalty, interest, principal = (due.unpaid(kind) for kind in DueKind)
        pays = min(left, penalty + interest + principal)
        left -= pays
        if due.due_on >= due_from:
            more = account.surcharge_due(due) - account.surcharge_paid(due)
            yield _Unpaid(books.id, due.number, interest, principal, penalty, more, pays)
