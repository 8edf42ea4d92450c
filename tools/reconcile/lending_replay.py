"""Every loan's life replayed and compared with what lending booked: schedule (L2), allocation (L5b), penalty (L6)."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from tools.reconcile.checks import check
from tools.reconcile.databases import Snapshot
from tools.reconcile.findings import Findings
from tools.reconcile.loan_life import Accrual, Contract, LoanLife, Payment
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import months_later, rate, settlement_days
from tools.reconcile.world import World

_LOANS = """
SELECT id::text, pack_id::text, product_code, (principal * 100)::bigint AS principal, term_months, disbursed_on,
  matures_on, trim_scale(annual_rate)::text AS annual_rate, day_count, repayment_method, rounding,
  early_payment_window_days, grace_days, trim_scale(penalty_multiplier)::text AS penalty_multiplier,
  default_after_days, prepayment_allowed, allocation_order, (interest_charged * 100)::bigint AS interest_charged,
  granted_under
FROM loan
"""
_INSTALLMENTS = """
SELECT loan_id::text, number, period_from, due_on, days, (principal_due * 100)::bigint, (interest_due * 100)::bigint,
  cancelled_on, (principal_paid * 100)::bigint, (interest_paid * 100)::bigint, (penalty_due * 100)::bigint,
  (penalty_paid * 100)::bigint
FROM installment ORDER BY loan_id, number
"""
_PAYMENTS = """
SELECT loan_id::text, id::text, kind, paid_on, (amount * 100)::bigint FROM repayment ORDER BY loan_id, loan_version
"""
_PARTS = """
SELECT repayment_id::text, installment_number, (penalty * 100)::bigint, (interest * 100)::bigint,
  (principal * 100)::bigint
FROM repayment_part
"""
_ACCRUALS = """
SELECT loan_id::text, installment_number, period_from, period_until, (overdue * 100)::bigint, (amount * 100)::bigint
FROM penalty_accrual
"""
_RATES = """
SELECT basis, effective_from, up_to_1y::text, over_1y_to_5y::text, over_5y::text FROM reference_rate
ORDER BY effective_from
"""
COLUMNS = ("up_to_1y", "over_1y_to_5y", "over_5y")
FIGURES = (
    "number, from, due, days, principal, interest, cancelled, principal paid, interest paid, penalty, penalty paid"
)


@check("L2", "还款计划", "Terms from the pack and the published rate; every schedule worked out anew, to the fen")
async def schedules(world: World, found: Findings) -> None:
    """Compare contract terms and instalments with those worked out from pack, rate, amount and dates."""
    _take(found, await world.once("replay", lambda: _replayed(world)), "L2")


@check("L5b", "还款分配", "Every payment goes to the oldest due first, in the order of the contract")
async def allocation(world: World, found: Findings) -> None:
    """Compare each repayment's parts with an allocation of its own."""
    _take(found, await world.once("replay", lambda: _replayed(world)), "L5")


@check("L6", "罚息", "Penalty = overdue × rate × the pack's multiplier × days, without gaps or overlaps")
async def penalty(world: World, found: Findings) -> None:
    """Compare every booked penalty with one worked out from instalments, payments and the pack."""
    _take(found, await world.once("replay", lambda: _replayed(world)), "L6")


def _take(found: Findings, replayed: Mapping[str, Findings], topic: str) -> None:
    mine = replayed[topic]
    found.compared, found.differing, found.listed = mine.compared, mine.differing, mine.listed


async def _replayed(world: World) -> dict[str, Findings]:
    lending = world["lending"]
    topics = {topic: Findings() for topic in ("L2", "L5", "L6")}
    published = [tuple(row) for row in await world["subsidy"].rows(_RATES)]
    booked = await _grouped(lending, _INSTALLMENTS)
    accruals = await _grouped(lending, _ACCRUALS)
    parts: dict[str, dict[int, tuple[int, int, int]]] = {}
    async for repayment_id, number, penalty_fen, interest_fen, principal_fen in lending.each(_PARTS):
        parts.setdefault(repayment_id, {})[number] = (penalty_fen, interest_fen, principal_fen)
    payments = await _grouped(lending, _PAYMENTS)
    terms: dict[tuple[Any, ...], tuple[object, ...]] = {}
    for loan in await lending.rows(_LOANS):
        pack = world.packs.of(loan["pack_id"]).product(loan["product_code"])
        key = (loan["pack_id"], loan["product_code"], loan["term_months"], loan["disbursed_on"])
        if key not in terms:
            terms[key] = expected_terms(pack, loan["term_months"], loan["disbursed_on"], published)
        # An older contract keeps the rate it was signed with; everything else is the pack's.
        kept = 0 if loan["granted_under"] == "current" else 1
        topics["L2"].equal(loan["id"], "terms of the contract", terms[key][kept:], _found_terms(loan)[kept:])
        life = LoanLife(_contract(pack, loan))
        ledger = [
            Payment(row[0], row[1], row[2], row[3], parts.get(row[0], {})) for row in payments.get(loan["id"], ())
        ]
        charges = [Accrual(*row) for row in accruals.get(loan["id"], ())]
        topics["L5"].compared += len(ledger)
        topics["L6"].compared += len(charges)
        for odd in life.live(ledger, charges):
            topics[odd.topic].differ(loan["id"], odd.what, odd.expected, odd.found)
        _compare(topics["L2"], loan, life, booked.get(loan["id"], ()))
    return topics


def _compare(found: Findings, loan: Any, life: LoanLife, booked: Iterable[tuple[Any, ...]]) -> None:
    expected = {due.number: due.figures() for due in life.dues}
    there = {row[0]: row for row in booked}
    if expected == there:
        found.compared += len(expected)
    else:
        for number in sorted(expected.keys() | there.keys()):
            found.equal(f"{loan['id']} {number}", FIGURES, _text(expected.get(number)), _text(there.get(number)))
    found.equal(loan["id"], "interest of the schedule in force, fen", life.interest_charged, loan["interest_charged"])
    in_force = [row for row in there.values() if row[6] is None]
    found.equal(loan["id"], "scheduled principal, fen", loan["principal"], sum(row[4] for row in in_force))


def _text(figures: tuple[Any, ...] | None) -> str | None:
    return None if figures is None else ", ".join("–" if value is None else str(value) for value in figures)


async def _grouped(lending: Snapshot, statement: str) -> dict[str, list[tuple[Any, ...]]]:
    groups: dict[str, list[tuple[Any, ...]]] = {}
    async for row in lending.each(statement):
        groups.setdefault(row[0], []).append(tuple(row)[1:])
    return groups


def expected_terms(
    pack: Pack, term_months: int, disbursed_on: date, published: Iterable[tuple[Any, ...]]
) -> tuple[object, ...]:
    """Return what a contract of this term signed on this day must say."""
    tenors = sorted(pack("interest.rate_tenors"), key=lambda tenor: int(tenor["up_to_months"]))
    column = next((each["column"] for each in tenors if term_months <= each["up_to_months"]), None)
    known = [row for row in published if row[0] == pack("interest.rate_basis") and row[1] <= disbursed_on]
    text = known[-1][2 + COLUMNS.index(column)] if known and column else None
    annual_rate = rate(text) + pack.ratio("interest.rate_margin") if text is not None else None
    return (
        annual_rate,
        months_later(disbursed_on, term_months),
        pack("interest.day_count"),
        pack("interest.repayment_method"),
        pack("interest.rounding"),
        pack("repayment.early_payment_window_days"),
        pack("repayment.grace_days"),
        pack.ratio("repayment.penalty_multiplier"),
        pack("repayment.default_after_days"),
        pack("repayment.prepayment_allowed"),
        tuple(pack("repayment.allocation_order")),
    )


def _found_terms(loan: Any) -> tuple[object, ...]:
    return (
        rate(loan["annual_rate"]),
        loan["matures_on"],
        loan["day_count"],
        loan["repayment_method"],
        loan["rounding"],
        loan["early_payment_window_days"],
        loan["grace_days"],
        rate(loan["penalty_multiplier"]),
        loan["default_after_days"],
        loan["prepayment_allowed"],
        tuple(loan["allocation_order"]),
    )


def _contract(pack: Pack, loan: Any) -> Contract:
    start, end, method = loan["disbursed_on"], loan["matures_on"], loan["repayment_method"]
    day = pack("interest.settlement_day")
    months = pack("interest.settlement_period_months")
    due = (end,) if method == "bullet" else settlement_days(start, end, months, day["month"], day["day"])
    multiplier: Fraction = pack.ratio("repayment.penalty_multiplier")
    return Contract(
        loan["principal"],
        rate(loan["annual_rate"]),
        loan["day_count"],
        method,
        loan["rounding"],
        start,
        due,
        loan["early_payment_window_days"],
        loan["grace_days"],
        multiplier,
        tuple(pack("repayment.allocation_order")),
    )
