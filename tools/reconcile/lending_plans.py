"""Repayment plans derived anew: the arrears of their day, what they may add up to, and who signed which (DZ-5c)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.lending_classes import Known
from tools.reconcile.loan_books import Books, books_of
from tools.reconcile.loan_life import LoanLife
from tools.reconcile.world import World

_PLANS: Final = """
SELECT p.loan_id::text, p.id::text, p.agreed_on, (p.arrears * 100)::bigint AS arrears, p.drawn_at, p.state, p.signed_on,
  p.signed_by, p.drawn_by, p.replaced_on, p.bank_code, l.bank_code AS lent_by,
  (SELECT array_agg(i.due_on ORDER BY i.number) FROM plan_installment i WHERE i.plan_id = p.id) AS days,
  (SELECT sum(i.amount * 100)::bigint FROM plan_installment i WHERE i.plan_id = p.id) AS total
FROM repayment_plan p JOIN loan l ON l.id = p.loan_id ORDER BY p.loan_id, p.drawn_at, p.id
"""
_STAMPS: Final = "SELECT id::text, recorded_at FROM repayment"


@check(
    "L13", "还款计划", "Each repayment plan covers the arrears of its day, and no more than ended the loan; two persons"
)
async def plans(world: World, found: Findings) -> None:
    """Compare every plan with the loan's account as it was known when the plan was drawn up."""
    lending = world["lending"]
    by_loan: dict[str, list[Any]] = {}
    for plan in await lending.rows(_PLANS):
        by_loan.setdefault(plan["loan_id"], []).append(plan)
    stamps = dict(await lending.map(_STAMPS)) if by_loan else {}
    async for books in books_of(lending):
        drawn = by_loan.get(books.id, ())
        for plan in drawn:
            _compare(world, found, books, stamps, plan)
        _in_turn(found, drawn)


def _compare(world: World, found: Findings, books: Books, stamps: Mapping[str, datetime], plan: Any) -> None:
    """Compare one plan with the account of the day on which it was agreed, and with what would have ended the loan."""
    name, days = plan["id"], plan["days"] or ()
    owed = _life(world, books, stamps, plan).arrears(plan["agreed_on"])
    found.equal(name, "arrears of its day, in fen", owed, plan["arrears"])
    rises = all(earlier < later for earlier, later in pairwise([plan["agreed_on"], *days]))
    found.holds(name, "instalments after the agreement, one after the other", rises, None, days)
    total = plan["total"] or 0
    found.holds(name, "as much as the arrears", total >= owed, owed, total)
    if days:
        ends = _life(world, books, stamps, plan, days[-1]).payoff(days[-1])
        found.holds(name, "no more than ends the loan on its last day", total <= ends, ends, total)
    found.equal(name, "bank of its loan", plan["lent_by"], plan["bank_code"])
    other = plan["state"] in ("drawn", "withdrawn") or plan["signed_by"] not in (None, plan["drawn_by"])
    found.holds(name, "decided by another person", other, None, plan["state"])


def _life(world: World, books: Books, stamps: Mapping[str, datetime], plan: Any, until: date | None = None) -> LoanLife:
    """Return the loan by what counted on the day of the agreement and was known when the plan was drawn up."""
    pack = world.packs.of(books.loan["pack_id"]).product(books.loan["product_code"])
    life = Known(books, stamps).at(plan["agreed_on"], plan["drawn_at"], pack)
    return life.live((), until) if until else life


def _in_turn(found: Findings, drawn: Sequence[Any]) -> None:
    """See that a plan gave way on the day on which the next one was signed, and that the last signed one holds."""
    if not drawn:
        return
    signed = [plan for plan in drawn if plan["state"] in ("signed", "replaced")]
    for plan, later in pairwise([*signed, None]):
        expected = ("replaced", later["signed_on"]) if later else ("signed", None)
        found.equal(plan["id"], "state, replaced on", expected, (plan["state"], plan["replaced_on"]))
    waiting = sum(plan["state"] == "drawn" for plan in drawn)
    found.holds(drawn[0]["id"], "one plan at most waits for the bank", waiting <= 1, 1, waiting)
