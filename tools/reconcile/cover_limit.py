"""F7: at every moment at which cover was reserved, everything covered and reserved was within the fund's multiple.

Reservations are replayed in the order they were made. What makes room (money paid in, repayments, releases) counts
from the instant it was booked; a transaction's instant is its start, so two that overlapped may have been booked in
either order, and such a pair is given the benefit of `OVERLAP`.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

OVERLAP = timedelta(seconds=2)
NOTHING = Decimal(0)

_CASH = """
SELECT f.county_code, e.entered_at AS at, p.amount
FROM posting p JOIN journal_entry e ON e.id = p.entry_id JOIN fund f ON f.id = p.fund_id WHERE p.account = 'fund_cash'
"""
_RESERVED = """
SELECT f.county_code, r.reserved_at AS at, r.reserved_on AS on, r.product_code, sum(r.amount) AS amount
FROM cover_reservation r JOIN fund f ON f.id = r.fund_id GROUP BY 1, 2, 3, 4
"""
_RELEASED = """
SELECT f.county_code, i.applied_at AS at, r.amount
FROM cover_reservation r JOIN fund f ON f.id = r.fund_id
JOIN inbox i ON i.consumer = 'riskfund-lending' AND i.aggregate_id = r.application_id AND i.state = 'applied'
WHERE r.state = 'released'
UNION ALL
SELECT f.county_code, j.finished_at, r.amount
FROM cover_reservation r JOIN fund f ON f.id = r.fund_id
JOIN job_run j ON j.job = 'expire-reservations' AND j.scope = f.county_code AND j.business_date = r.ended_on
WHERE r.state = 'expired'
"""
# Disbursing turns a reservation into exposure and changes nothing, except where one was missing or larger.
_UNLIKE = """
SELECT l.county_code, i.applied_at AS at, l.principal - coalesce(r.amount, 0) AS amount
FROM covered_loan l
LEFT JOIN cover_reservation r ON r.loan_id = l.loan_id AND r.state = 'used'
JOIN inbox i ON i.consumer = 'riskfund-lending' AND i.aggregate_id = l.loan_id AND i.event_name = 'loan-disbursed'
WHERE l.principal <> coalesce(r.amount, 0) AND NOT l.without_cover
"""
_PAID_OUT = """
SELECT c.county_code, p.paid_at AS at, c.principal AS amount FROM claim_payment p JOIN claim c ON c.id = p.claim_id
"""
_REPAID = """
SELECT event_id::text, left(region_code, 6), (data->>'principal')::numeric FROM outbox
JOIN loan l ON l.id = aggregate_id AND NOT l.conditions @> '[{"consequence": "without_cover"}]'
WHERE event_name = 'repayment-recorded' AND data->>'principal' <> '0.00'
"""
_APPLIED = """
SELECT event_id::text, applied_at FROM inbox
WHERE consumer = 'riskfund-lending' AND event_name = 'repayment-recorded' AND state = 'applied'
"""


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
    """Replay reservations against the fund's money."""
    moments = await _moments(world)
    for county_code, each in sorted(moments.items()):
        _replay(world, found, county_code, sorted(each, key=lambda moment: (moment.at, moment.takes_room)))


def _replay(world: World, found: Findings, county_code: str, moments: list[Moment]) -> None:
    cash = used = NOTHING
    for moment in moments:
        cash, used = cash + moment.cash, used + moment.used
        if moment.reserved_on is None:
            continue
        pack = world.packs.in_force(county_code, moment.reserved_on)
        if pack is None:
            found.differ(f"{county_code} {moment.at:%F %T}", "pack in force when cover was reserved", "one", None)
            continue
        most = cash * Decimal(str(pack.product(moment.product_code)("fund.multiplier")))
        found.holds(f"{county_code} {moment.at:%F %T}", "covered and reserved", used <= most, f"≤ {most}", used)


async def _moments(world: World) -> dict[str, list[Moment]]:
    riskfund = world["riskfund"]
    moments: dict[str, list[Moment]] = {}

    def add(
        row: Any, *, cash: Decimal = NOTHING, used: Decimal = NOTHING, on: date | None = None, of: str | None = None
    ) -> None:
        takes_room = cash < 0 or used > 0
        at = row["at"] if takes_room else row["at"] - OVERLAP
        moments.setdefault(row["county_code"], []).append(Moment(at, takes_room, cash, used, on, of))

    for row in await riskfund.rows(_CASH):
        add(row, cash=row["amount"])
    for row in await riskfund.rows(_RESERVED):
        add(row, used=row["amount"], on=row["on"], of=row["product_code"])
    for statement in (_RELEASED, _PAID_OUT):
        for row in await riskfund.rows(statement):
            add(row, used=-row["amount"])
    for row in await riskfund.rows(_UNLIKE):
        add(row, used=row["amount"])
    applied = await riskfund.map(_APPLIED)
    async for event_id, county_code, principal in world["lending"].each(_REPAID):
        if event_id in applied:
            add({"county_code": county_code, "at": applied[event_id]}, used=-principal)
    return moments
