"""Named reads of dividends."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.refusals import AgreementUnknown
from services.subsidy.dividends.refusals import DividendRunUnknown
from services.subsidy.dividends.schemas import (
    DividendAccountOut,
    DividendAccountsOut,
    DividendLineOut,
    DividendPaymentOut,
    DividendRunOut,
)
from shared.db import Connection
from shared.money import ZERO

_RUN: Final = "SELECT * FROM dividend_run WHERE id = $1 AND region_code ^@ ANY ($2::text[])"
_LINES: Final = "SELECT household_id, amount FROM dividend_line WHERE run_id = $1 ORDER BY household_id"
_RUNS: Final = """
SELECT id FROM dividend_run WHERE agreement_id = $1 AND region_code ^@ ANY ($2::text[]) ORDER BY id
"""
_SEEN: Final = "SELECT 1 FROM agreement WHERE id = $1 AND region_code ^@ ANY ($2::text[])"
# Granted and paid by the day; a difference that takes off lowers what is due once it is due itself.
_ACCOUNTS: Final = """
WITH granted AS (
  SELECT l.household_id, sum(l.amount) AS granted, coalesce(sum(l.amount) FILTER (WHERE r.due_on <= $2), 0) AS due
  FROM dividend_run r JOIN dividend_line l ON l.run_id = r.id
  WHERE r.agreement_id = $1 AND r.state = 'approved' AND r.decided_on <= $2 GROUP BY 1
), paid AS (
  SELECT household_id, sum(amount) AS paid FROM dividend_payment WHERE agreement_id = $1 AND paid_on <= $2 GROUP BY 1
)
SELECT household_id, coalesce(g.granted, 0.00) AS granted, coalesce(g.due, 0.00) AS due,
  coalesce(p.paid, 0.00) AS paid, greatest(coalesce(g.due, 0.00) - coalesce(p.paid, 0.00), 0.00) AS arrears
FROM granted g FULL JOIN paid p USING (household_id) ORDER BY household_id
"""
_PAYMENTS: Final = """
SELECT p.*, EXISTS (SELECT FROM dividend_payment b WHERE b.reverses_id = p.id AND b.paid_on <= $2) AS is_returned
FROM dividend_payment p WHERE p.agreement_id = $1 AND p.paid_on <= $2 AND p.reverses_id IS NULL ORDER BY p.id
"""


async def get_run(conn: Connection, regions: Sequence[str], run_id: UUID) -> DividendRunOut:
    """Return a run with its lines.

    Raises:
        DividendRunUnknown: there is none in these regions.
    """
    row = await conn.fetchrow(_RUN, run_id, list(regions))
    if row is None:
        raise DividendRunUnknown(run_id)
    values: dict[str, Any] = dict(row)
    values |= _sides(values["amount"])
    lines = [
        DividendLineOut(household_id=each["household_id"], **_sides(each["amount"]))
        for each in await conn.fetch(_LINES, run_id)
    ]
    return DividendRunOut(**values, lines=lines)


async def list_runs(conn: Connection, regions: Sequence[str], agreement_id: UUID) -> list[DividendRunOut]:
    """Return the runs of an agreement in the order of their preparation; a few for each of its years."""
    found = await conn.fetch(_RUNS, agreement_id, list(regions))
    return [await get_run(conn, regions, row["id"]) for row in found]


async def get_accounts(
    conn: Connection, regions: Sequence[str], agreement_id: UUID, as_of: date
) -> DividendAccountsOut:
    """Return what each household of an agreement was granted, is due, got and lacks on a day.

    Raises:
        AgreementUnknown: there is none in these regions.
    """
    if not await conn.fetchval(_SEEN, agreement_id, list(regions)):
        raise AgreementUnknown(agreement_id)
    return DividendAccountsOut(
        agreement_id=agreement_id,
        as_of=as_of,
        accounts=[DividendAccountOut(**row) for row in await conn.fetch(_ACCOUNTS, agreement_id, as_of)],
        payments=[DividendPaymentOut(**row) for row in await conn.fetch(_PAYMENTS, agreement_id, as_of)],
    )


def _sides(amount: Decimal) -> dict[str, Decimal]:
    return {"amount": max(amount, ZERO), "reduced": max(-amount, ZERO)}
