"""What the borrowing households ask for in the first round: amounts, industries and terms that fit the plan exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from shared.money import yuan
from tools.demo.plan import THOUSAND, DemoPlan, spread_evenly

BELOW_LIMIT_THOUSANDS: Final = (2, 3, 5, 5, 5, 8, 10, 10, 15)


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What a household asks for in the first round; `after_top_up` loan requests wait until the fund is topped up."""

    amount: Decimal
    industry: str
    term_months: int
    after_top_up: bool


def first_round_loan_requests(plan: DemoPlan, rng: Random) -> list[tuple[str, LoanRequest]]:
    """Return grade and loan request of every household that borrows; the amounts add up to `plan.amount_lent`.

    The loan requests with `after_top_up` are full loans of the highest credit limit: what the first fund covers is
    used up to less than one of them before the first of them asks (FJ-13).
    """
    grades = [grade for grade, count in plan.grade_households.items() for _ in range(count)]
    credit_limits = plan.grade_limits
    highest = max(credit_limits, key=lambda grade: credit_limits[grade])
    waiting = set(rng.sample([i for i, grade in enumerate(grades) if grade == highest], plan.top_up_households))
    cuts = _cuts_below_limit(int(plan.amount_below_limits / THOUSAND), sorted(set(range(len(grades))) - waiting), rng)
    terms = spread_evenly(plan.term_households)  # in step with the grades, so that each grade has every term
    industries = [industry for industry, count in plan.industry_households.items() for _ in range(count)]
    rng.shuffle(industries)
    return [
        (
            grade,
            LoanRequest(yuan(credit_limits[grade] - cuts.get(i, 0) * THOUSAND), industries[i], terms[i], i in waiting),
        )
        for i, grade in enumerate(grades)
    ]


def _cuts_below_limit(thousands: int, candidates: Sequence[int], rng: Random) -> dict[int, int]:
    """Split what is asked for less than the credit limits over some of the candidates, in whole thousands each."""
    cuts: dict[int, int] = {}
    order = rng.sample(candidates, len(candidates))
    for taken, candidate in enumerate(order):
        if thousands == 0:
            break
        needed_each = -(-thousands // (len(order) - taken))
        cuts[candidate] = min(max(rng.choice(BELOW_LIMIT_THOUSANDS), needed_each), thousands)
        thousands -= cuts[candidate]
    return cuts
