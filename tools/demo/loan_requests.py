"""What the borrowing households ask for in the first round: amounts, industries and terms that fit the plan exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from random import Random
from typing import Final

from shared.money import ZERO, yuan
from tools.demo.plan import THOUSAND, DemoPlan, spread_evenly

BELOW_LIMIT_THOUSANDS: Final = (2, 3, 5, 5, 5, 8, 10, 10, 15)


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What a household asks for in the first round; `after_top_up` loan requests wait until the fund is topped up.

    `again` is what it asks for once it has repaid a short loan, in yuan; zero for nearly all.
    """

    amount: Decimal
    industry: str
    term_months: int
    after_top_up: bool
    again: Decimal = ZERO


def first_round_loan_requests(plan: DemoPlan, rng: Random) -> list[tuple[str, LoanRequest]]:
    """Return grade and loan request of every household that borrows; the amounts add up to `plan.amount_lent`.

    The loan requests with `after_top_up` are full loans of the highest limits: what the first fund covers is used up to
    less than one of them before the first of them asks (FJ-13). Where it covers everything nobody waits.
    """
    grades = [grade for grade, count in plan.borrowing_grades.items() for _ in range(count)]
    limits = [plan.outline.loan_limits[grade] for grade in grades]
    waiting = _waiting(plan.amount_lent - plan.cover_limit_initial, limits, rng)
    room = {i: int((limit - plan.outline.loan_min) / THOUSAND) for i, limit in enumerate(limits)}
    cuts = _cuts_below_limit(int(plan.amount_below_limits / THOUSAND), room, waiting, rng)
    again = _again(plan, limits)
    # In step with the grades, so that each grade has every term.
    terms = iter(spread_evenly(plan.term_households))
    industries = [industry for industry, count in plan.industry_households.items() for _ in range(count)]
    rng.shuffle(industries)
    return [
        (
            grade,
            LoanRequest(
                amount=yuan(limits[i] - cuts.get(i, 0) * THOUSAND),
                industry=industries[i],
                term_months=plan.outline.turnover_months or 0 if i in again else next(terms),
                after_top_up=i in waiting,
                again=again.get(i, ZERO),
            ),
        )
        for i, grade in enumerate(grades)
    ]


def _again(plan: DemoPlan, limits: Sequence[Decimal]) -> dict[int, Decimal]:
    """Return what each place that turns its loan over asks for the second time; the largest limits come first."""
    places = sorted(range(len(limits)), key=lambda i: -limits[i])[: plan.turnover_households]
    found, left = {}, plan.amount_lent_again
    for i in places:
        found[i] = min(limits[i], left)
        left -= found[i]
    return found


def _waiting(beyond_cover: Decimal, limits: Sequence[Decimal], rng: Random) -> set[int]:
    """Return the places of the loans, the largest first, without which the first fund covers the rest."""
    chosen: set[int] = set()
    for limit in sorted(set(limits), reverse=True):
        if beyond_cover <= 0:
            break
        alike = [i for i, each in enumerate(limits) if each == limit]
        wanted = min(len(alike), int((beyond_cover / limit).to_integral_value(ROUND_CEILING)))
        chosen |= set(rng.sample(alike, wanted))
        beyond_cover -= limit * wanted
    return chosen


def _cuts_below_limit(thousands: int, room: Mapping[int, int], spared: set[int], rng: Random) -> dict[int, int]:
    """Split what is asked for below the limits over some of the places, in whole thousands, within their room.

    Those spared ask for less only where the others cannot take it all.
    """
    cuts: dict[int, int] = {}
    others = sorted(room.keys() - spared)
    order = rng.sample(others, len(others))
    for taken, place in enumerate(order):
        if thousands == 0:
            break
        needed_each = -(-thousands // (len(order) - taken))
        cuts[place] = min(max(rng.choice(BELOW_LIMIT_THOUSANDS), needed_each), thousands, room[place])
        thousands -= cuts[place]
    for place in (*order, *sorted(spared)):  # what those with little room could not take
        more = min(thousands, room[place] - cuts.get(place, 0))
        cuts[place] = cuts.get(place, 0) + more
        thousands -= more
    return cuts
