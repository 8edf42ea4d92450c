"""F7: at every moment at which cover was reserved, everything covered and reserved was within the account's multiple.

Reservations are replayed in the order they were made. What makes room (money paid in, repayments, releases) counts
from the instant it was booked; a transaction's instant is its start, so two that overlapped may have been booked in
either order, and such a pair is given the benefit of `OVERLAP`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.packs import Pack
from tools.reconcile.world import World

OVERLAP = timedelta(seconds=2)
NOTHING = Decimal(0)

_CASH = """
SELECT p.fund_id::text, e.entered_at AS at, p.amount
FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE p.account = 'fund_cash'
"""
_RESERVED = """
SELECT fund_id::text, reserved_at AS at, reserved_on AS on, product_code, sum(amount) AS amount
FROM cover_reservation GROUP BY 1, 2, 3, 4
"""
_RELEASED = """
SELECT r.fund_id::text, i.applied_at AS at, r.amount
FROM cover_reservation r
JOIN inbox i ON i.consumer = 'riskfund-lending' AND i.aggregate_id = r.application_id AND i.state = 'applied'
WHERE r.state = 'released'
UNION ALL
SELECT f.id::text, j.finished_at, r.amount
FROM cover_reservation r JOIN fund f ON f.id = r.fund_id
JOIN job_run j ON j.job = 'expire-reservations' AND j.scope = f.county_code AND j.business_date = r.ended_on
WHERE r.state = 'expired'
UNION ALL
SELECT l.fund_id::text, i.applied_at, l.principal
FROM covered_loan l
JOIN inbox i ON i.consumer = 'riskfund-lending' AND i.aggregate_id = l.loan_id
  AND i.event_name = 'disbursement-reversed'
WHERE l.state = 'cancelled' AND l.fund_id IS NOT NULL
"""
# Disbursing turns a reservation into exposure and changes nothing, except where one was missing or larger.
_UNLIKE = """
SELECT l.fund_id::text, i.applied_at AS at, l.principal - coalesce(r.amount, 0) AS amount
FROM covered_loan l
LEFT JOIN cover_reservation r ON r.loan_id = l.loan_id AND r.state IN ('used', 'returned')
JOIN inbox i ON i.consumer = 'riskfund-lending' AND i.aggregate_id = l.loan_id AND i.event_name = 'loan-disbursed'
WHERE l.principal <> coalesce(r.amount, 0) AND l.fund_id IS NOT NULL
"""
_PAID_OUT = """
SELECT c.fund_id::text, p.paid_at AS at, c.principal AS amount FROM claim_payment p JOIN claim c ON c.id = p.claim_id
"""
_REPAID = """
SELECT event_id::text, l.id::text, (data->>'principal')::numeric FROM outbox
JOIN loan l ON l.id = aggregate_id AND NOT l.conditions @> '[{"consequence": "without_cover"}]'
WHERE event_name = 'repayment-recorded' AND data->>'principal' <> '0.00'
"""
_APPLIED = """
SELECT event_id::text, applied_at FROM inbox
WHERE consumer = 'riskfund-lending' AND event_name = 'repayment-recorded' AND state = 'applied'
"""
_ACCOUNTS = "SELECT id::text, county_code, bank_code FROM fund ORDER BY county_code, bank_code NULLS FIRST"
_COVERED_BY = "SELECT loan_id::text, fund_id::text FROM covered_loan WHERE fund_id IS NOT NULL"


class Moment(NamedTuple):
    """One change of the fund's money or of what it covers; what makes room sorts before what takes it."""

    at: datetime
    takes_room: bool
    cash: Decimal
    used: Decimal
    reserved_on: date | None
    product_code: str | None = None


@check("F7", "担保放大倍数", "Covered and reserved ≤ multiplier × the fund's money, at every reservation in order")
async def limit(world: World, found: Findings) -> None:
    """Replay each account's reservations against its money."""
    moments = await _moments(world)
    for account in await world["riskfund"].rows(_ACCOUNTS):
        each = moments.get(account["id"], [])
        _replay(world, found, account, sorted(each, key=lambda moment: (moment.at, moment.takes_room)))


def _replay(world: World, found: Findings, account: Any, moments: list[Moment]) -> None:
    county_code, bank_code = account["county_code"], account["bank_code"]
    name = county_code if bank_code is None else f"{county_code} {bank_code}"
    cash = used = NOTHING
    for moment in moments:
        cash, used = cash + moment.cash, used + moment.used
        if moment.reserved_on is None:
            continue
        pack = world.packs.in_force(county_code, moment.reserved_on)
        if pack is None:
            found.differ(f"{name} {moment.at:%F %T}", "pack in force when cover was reserved", "one", None)
            continue
        most = cash * multiple_of(pack.product(moment.product_code), bank_code)
        found.holds(f"{name} {moment.at:%F %T}", "covered and reserved", used <= most, f"≤ {most}", used)


def multiple_of(pack: Pack, bank_code: str | None) -> Decimal:
    """Return how often an account's money may be lent: as the pack says of the bank's own, else of the county's."""
    own = next((row for row in pack("fund.lender_accounts") or () if bank_code in row["bank_codes"]), None)
    return Decimal(str((own and own["multiplier"]) or pack("fund.multiplier")))


async def _moments(world: World) -> dict[str, list[Moment]]:
    riskfund = world["riskfund"]
    moments: dict[str, list[Moment]] = {}

    def add(
        row: Any, *, cash: Decimal = NOTHING, used: Decimal = NOTHING, on: date | None = None, of: str | None = None
    ) -> None:
        takes_room = cash < 0 or used > 0
        at = row["at"] if takes_room else row["at"] - OVERLAP
        moments.setdefault(row["fund_id"], []).append(Moment(at, takes_room, cash, used, on, of))

    for row in await riskfund.rows(_CASH):
        add(row, cash=row["amount"])
    for row in await riskfund.rows(_RESERVED):
        add(row, used=row["amount"], on=row["on"], of=row["product_code"])
    for statement in (_RELEASED, _PAID_OUT):
        for row in await riskfund.rows(statement):
            add(row, used=-row["amount"])
    for row in await riskfund.rows(_UNLIKE):
        add(row, used=row["amount"])
    applied, covered_by = await riskfund.map(_APPLIED), await riskfund.map(_COVERED_BY)
    async for event_id, loan_id, principal in world["lending"].each(_REPAID):
        if event_id in applied and loan_id in covered_by:
            add({"fund_id": covered_by[loan_id], "at": applied[event_id]}, used=-principal)
    return moments
