"""Totals for the report, each one statement."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.riskfund.funds import queries as funds
from services.riskfund.funds.rules.cover_limit import for_lender, limit_of
from services.riskfund.guarantees.queries import accounts
from services.riskfund.reports.schemas import (
    ClaimsInState,
    CoverExceptionOut,
    CoverOnDay,
    ExposurePart,
    GuarantorFigures,
    ProductPart,
    RiskfundReport,
)
from shared.db import Connection
from shared.money import ZERO
from shared.policy import copies
from shared.policy.in_force import ConfirmedPack
from shared.policy.terms import FundRule
from shared.scope import Scope, seen

ACCOUNTS_MAX: Final = 1000  # the largest province has fewer than 200 counties
EXCEPTIONS_SHOWN: Final = 100  # a longer list is looked at in the database

# $1 regions, $2 banks, $3 the product asked for or null for all.
_SEEN: Final = seen("village_code", "bank_code")
_OF_PRODUCT: Final = "($3::text IS NULL OR product_code = $3)"


def _of_product(row: str) -> str:
    """Return the condition that the loan of a row is of the product asked for."""
    loan = f"SELECT FROM covered_loan o WHERE o.loan_id = {row}.loan_id AND o.product_code = $3"
    return f"($3::text IS NULL OR EXISTS ({loan}))"


_CLAIMS = f"""
SELECT state, count(*) AS claims, sum(amount) AS amount FROM claim
WHERE {_SEEN} AND {_OF_PRODUCT} GROUP BY state ORDER BY state
"""  # noqa: S608 - our own text
_PAID = f"""
SELECT count(*) AS claims_paid, coalesce(sum(principal), 0.00) AS compensated_principal,
       coalesce(sum(interest), 0.00) AS compensated_interest, coalesce(sum(insurance_amount), 0.00) AS insurance_paid,
       coalesce(sum(fund_amount), 0.00) AS compensated, coalesce(sum(bank_amount), 0.00) AS borne_by_bank,
       coalesce(sum(guarantor_amount), 0.00) AS borne_by_guarantors
FROM claim WHERE state = 'paid' AND {_SEEN} AND {_OF_PRODUCT}
"""  # noqa: S608 - our own text
_RECOVERED = f"""
SELECT count(*) FILTER (WHERE v.recovery_id IS NULL) AS recoveries,
       coalesce(sum(r.amount) FILTER (WHERE v.recovery_id IS NULL), 0.00) AS recovered,
       coalesce(sum(coalesce(v.fund_due, r.fund_share)) FILTER (WHERE r.state = 'open'), 0.00) AS fund_share_due,
       coalesce(sum(coalesce(v.fund_due, r.fund_share)) FILTER (WHERE r.state = 'open' AND r.due_on < $4), 0.00)
         AS fund_share_due_late,
       coalesce(sum(r.beyond_loss - coalesce(v.beyond_loss, 0.00)), 0.00) AS recovered_beyond_loss,
       coalesce(sum(b.amount), 0.00) - coalesce(sum(m.amount), 0.00) AS fund_share_returned,
       coalesce(sum(v.fund_owes) FILTER (WHERE m.id IS NULL), 0.00) AS fund_owes_banks,
       coalesce(sum(v.fund_owes) FILTER (WHERE m.id IS NULL AND v.due_on < $4), 0.00) AS fund_owes_banks_late,
       count(*) FILTER (WHERE b.is_late) AS late_returns
FROM recovery r LEFT JOIN recovery_return b ON b.recovery_id = r.id
LEFT JOIN recovery_reversal v ON v.recovery_id = r.id
LEFT JOIN fund_movement m ON m.recovery_id = r.id AND m.state = 'booked'
WHERE {seen("r.village_code", "r.bank_code")} AND {_of_product("r")}
"""  # noqa: S608 - our own text
_GUARANTORS = f"""
SELECT a.guarantor_code, count(*) AS claims, sum(a.borne) AS borne, sum(a.received) AS received,
       sum(a.recovered_share) AS recovered_share, sum(a.returned) AS returned, sum(a.owes) AS owes,
       coalesce(sum(a.owes) FILTER (WHERE a.state = 'overdue'), 0.00) AS overdue, sum(a.owed_back) AS owed_back,
       sum(a.owed_back_late) AS owed_back_late
FROM ({accounts("$4::date")}) a WHERE {seen("a.village_code", "a.bank_code")} AND {_of_product("a")}
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_LOANS = f"""
SELECT count(*) AS loans_covered, count(*) FILTER (WHERE state = 'defaulted') AS loans_in_default
FROM covered_loan WHERE NOT without_cover AND state <> 'cancelled' AND {_SEEN} AND {_OF_PRODUCT}
"""  # noqa: S608 - our own text
_BY_BANK = f"""
SELECT bank_code AS code, count(*) AS loans, sum(principal) AS principal, sum(outstanding) AS outstanding
FROM covered_loan WHERE NOT without_cover AND state <> 'cancelled' AND {_SEEN} AND {_OF_PRODUCT}
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_BY_TOWNSHIP = f"""
SELECT left(village_code, 9) AS code, count(*) AS loans, sum(principal) AS principal, sum(outstanding) AS outstanding
FROM covered_loan WHERE NOT without_cover AND state <> 'cancelled' AND {_SEEN} AND {_OF_PRODUCT}
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_BY_PRODUCT = f"""
WITH lent AS (
  SELECT product_code, count(*) FILTER (WHERE NOT without_cover) AS loans_covered,
         count(*) FILTER (WHERE without_cover) AS loans_without_cover,
         coalesce(sum(outstanding) FILTER (WHERE NOT without_cover), 0.00) AS exposure
  FROM covered_loan WHERE state <> 'cancelled' AND {_SEEN} AND {_OF_PRODUCT} GROUP BY 1
), paid AS (
  SELECT product_code, count(*) AS claims_paid, sum(fund_amount) AS compensated
  FROM claim WHERE state = 'paid' AND {_SEEN} AND {_OF_PRODUCT} GROUP BY 1
)
SELECT product_code, loans_covered, loans_without_cover, exposure, coalesce(claims_paid, 0) AS claims_paid,
       coalesce(compensated, 0.00) AS compensated
FROM lent LEFT JOIN paid USING (product_code) ORDER BY product_code
"""  # noqa: S608 - our own text
_DAYS = """
SELECT m.fund_id, f.county_code, f.bank_code, m.moved_on, m.fund_change, m.exposure_change, m.reserved_change
FROM cover_movement m JOIN fund f ON f.id = m.fund_id WHERE f.county_code ^@ $1 ORDER BY m.moved_on, m.fund_id
"""
_EXCEPTIONS = f"""
SELECT e.loan_id, e.village_code, e.kind, e.amount, e.noticed_on, count(*) OVER () AS found
FROM cover_exception e JOIN covered_loan l USING (loan_id)
WHERE {seen("e.village_code", "l.bank_code")} AND ($3::text IS NULL OR l.product_code = $3) ORDER BY e.id LIMIT $4
"""  # noqa: S608 - our own text


async def riskfund_report(
    conn: Connection, region: str, scope: Scope, on: date, product_code: str | None
) -> RiskfundReport:
    """Return a region's totals; a bank's figures of loans, claims and recoveries are its own.

    Of one product or of all (None) are loans, claims, recoveries and guarantors; the fund's money is for all of them.
    """
    mine = (scope.regions, scope.banks, product_code)
    found = await funds.list_funds(conn, [region], None, on, None, ACCOUNTS_MAX)
    covers = [fund.cover for fund in found if fund.cover]
    exceptions = await conn.fetch(_EXCEPTIONS, *mine, EXCEPTIONS_SHOWN)
    return RiskfundReport(
        region_code=region,
        product_code=product_code,
        fund_paid_in=sum((fund.paid_in for fund in found), ZERO),
        balance=sum((fund.balance for fund in found), ZERO),
        exposure=sum((fund.exposure for fund in found), ZERO),
        reserved=sum((fund.reserved for fund in found), ZERO),
        limit=sum((cover.limit for cover in covers), ZERO),
        available=sum((cover.available for cover in covers), ZERO),
        missing_amount=sum((cover.missing_amount for cover in covers), ZERO),
        **await _row(conn, _LOANS, *mine),
        claims_by_state=[ClaimsInState(**dict(row)) for row in await conn.fetch(_CLAIMS, *mine)],
        **await _row(conn, _PAID, *mine),
        **await _row(conn, _RECOVERED, *mine, on),
        guarantors=[GuarantorFigures(**dict(row)) for row in await conn.fetch(_GUARANTORS, *mine, on)],
        exposure_by_bank=[ExposurePart(**dict(row)) for row in await conn.fetch(_BY_BANK, *mine)],
        exposure_by_township=[ExposurePart(**dict(row)) for row in await conn.fetch(_BY_TOWNSHIP, *mine)],
        by_product=[ProductPart(**dict(row)) for row in await conn.fetch(_BY_PRODUCT, *mine)],
        cover_by_day=await _cover_by_day(conn, region, on),
        cover_exception_count=exceptions[0]["found"] if exceptions else 0,
        cover_exceptions=[CoverExceptionOut.model_validate(dict(row)) for row in exceptions],
    )


async def _row(conn: Connection, query: str, *values: Any) -> dict[str, Any]:
    row: Any = await conn.fetchrow(query, *values)
    return dict(row)


async def _cover_by_day(conn: Connection, region: str, on: date) -> list[CoverOnDay]:
    """Sum the movements up day by day; the limit of each account is its multiple of its own money."""
    rows = await conn.fetch(_DAYS, region)
    packs = {county: await copies.find_current_pack(conn, county, on) for county in {r["county_code"] for r in rows}}
    rules = {row["fund_id"]: _rule_of(packs[row["county_code"]], row["bank_code"]) for row in rows}
    running: dict[UUID, tuple[Decimal, Decimal, Decimal]] = {}
    days: dict[date, CoverOnDay] = {}
    for row in rows:
        fund, exposure, reserved = running.get(row["fund_id"], (ZERO, ZERO, ZERO))
        running[row["fund_id"]] = (
            fund + row["fund_change"],
            exposure + row["exposure_change"],
            reserved + row["reserved_change"],
        )
        days[row["moved_on"]] = _day(row["moved_on"], running, rules)
    return list(days.values())


def _rule_of(pack: ConfirmedPack | None, bank_code: str | None) -> FundRule | None:
    return None if pack is None else for_lender(pack.fund_rule, bank_code)


def _day(
    on: date, running: Mapping[UUID, tuple[Decimal, Decimal, Decimal]], rules: Mapping[UUID, FundRule | None]
) -> CoverOnDay:
    limits = [limit_of(money[0], rule) for account, money in running.items() if (rule := rules[account]) is not None]
    fund, exposure, reserved = (sum((money[part] for money in running.values()), ZERO) for part in range(3))
    return CoverOnDay(as_of=on, fund_balance=fund, exposure=exposure, reserved=reserved, limit=sum(limits, ZERO))
