"""Named reads of funds and their ledgers."""

from datetime import date
from typing import Any
from uuid import UUID

from services.riskfund.funds.refusals import FundUnknown
from services.riskfund.funds.rules.cover_limit import cover_of, for_lender, plan_missing
from services.riskfund.funds.schemas import CoverOut, EntryOut, FundMovementOut, FundOut
from shared.db import Connection
from shared.policy import copies

_FUNDS = """
SELECT f.id, f.county_code, f.bank_code, f.name, f.account_bank, f.opened_on, f.opened_by,
       f.exposure_total, f.reserved_total,
       sum(a.balance) FILTER (WHERE a.code = 'fund_cash') AS balance,
       -sum(a.balance) FILTER (WHERE a.code = 'fund_capital') AS paid_in,
       sum(a.balance) FILTER (WHERE a.code = 'compensation_paid') AS compensated,
       -sum(a.balance) FILTER (WHERE a.code = 'recovery_income') AS returned,
       -sum(a.balance) FILTER (WHERE a.code = 'interest_income') AS interest,
       (SELECT -sum(b.balance) FROM ledger_account b JOIN fund o ON o.id = b.fund_id
        WHERE o.county_code = f.county_code AND b.code = 'fund_capital') AS county_paid_in
FROM fund f JOIN ledger_account a ON a.fund_id = f.id
"""
_GET = f"{_FUNDS} WHERE f.id = $1 AND f.county_code ^@ ANY($2::text[]) GROUP BY f.id"
_LIST = f"""
{_FUNDS} WHERE f.county_code ^@ ANY($1::text[]) AND ($2::text IS NULL OR f.county_code ^@ $2)
  AND ($3::uuid IS NULL OR f.id > $3) GROUP BY f.id ORDER BY f.id LIMIT $4
"""
_ENTRIES = """
SELECT e.id, e.number, e.kind, e.entered_on, e.entered_by, e.reference, e.reverses, e.entered_at,
       json_agg(json_build_object('account', p.account, 'amount', p.amount::text,
                                  'balance_after', p.balance_after::text) ORDER BY p.amount DESC) AS postings
FROM journal_entry e JOIN posting p ON p.entry_id = e.id
WHERE e.fund_id = $1 AND e.number > $2 GROUP BY e.id ORDER BY e.number LIMIT $3
"""
_MOVED = f"SELECT {', '.join(FundMovementOut.model_fields)} FROM fund_movement"  # noqa: S608 - our own text
_MOVEMENT = f"{_MOVED} WHERE id = $1"
_MOVEMENTS = f"{_MOVED} WHERE fund_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"


async def get_fund(conn: Connection, fund_id: UUID, regions: list[str], on: date) -> FundOut:
    """Return one fund with its cover under the pack in force on a day.

    Raises:
        FundUnknown: it does not exist, or not in these regions.
    """
    row = await conn.fetchrow(_GET, fund_id, regions)
    if row is None:
        raise FundUnknown(fund_id)
    return await _shown(conn, row, on)


async def list_funds(
    conn: Connection, regions: list[str], region: str | None, on: date, after: UUID | None, limit: int
) -> list[FundOut]:
    """Return funds in the regions, in the order of opening."""
    rows = await conn.fetch(_LIST, regions, region, after, limit)
    return [await _shown(conn, row, on) for row in rows]


async def list_entries(conn: Connection, fund_id: UUID, after: int, limit: int) -> list[EntryOut]:
    """Return a fund's entries, oldest first."""
    rows = await conn.fetch(_ENTRIES, fund_id, after, limit)
    return [EntryOut.model_validate(dict(row)) for row in rows]


async def list_fund_movements(conn: Connection, fund_id: UUID, after: UUID | None, limit: int) -> list[FundMovementOut]:
    """Return a fund's movements by decision, in the order in which they were proposed."""
    rows = await conn.fetch(_MOVEMENTS, fund_id, after, limit)
    return [FundMovementOut(**dict(row)) for row in rows]


async def get_fund_movement(conn: Connection, movement_id: UUID) -> FundMovementOut:
    """Return one movement that is on file."""
    row: Any = await conn.fetchrow(_MOVEMENT, movement_id)
    return FundMovementOut(**dict(row))


async def _shown(conn: Connection, row: Any, on: date) -> FundOut:
    terms = await copies.find_current_pack(conn, row["county_code"], on)
    figures = dict(row)
    exposure, reserved = figures.pop("exposure_total"), figures.pop("reserved_total")
    county_paid_in = figures.pop("county_paid_in")
    rule = for_lender(terms.fund_rule, row["bank_code"]) if terms else None
    cover = CoverOut.of(cover_of(row["balance"], exposure, reserved, rule)) if rule else None
    return FundOut(
        **figures,
        exposure=exposure,
        reserved=reserved,
        managers=list(terms.fund_rule.managers) if terms else [],
        pack_version=terms.pack_version if terms else None,
        planned_amount=terms.fund_rule.initial_amount if terms else None,
        plan_missing=plan_missing(county_paid_in, terms.fund_rule) if terms else None,
        cover=cover,
    )
