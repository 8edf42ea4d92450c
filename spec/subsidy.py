"""How much of an interest payment is reimbursed, and why not more: the rule, pure and exact.

Settle first, subsidise after (先结后贴): what comes in here is interest that was really paid; penalty interest has no
way in (SX-5). Each step takes something off, in the order of `WITHHELD`; every step is rounded half up to the fen from
the exact value, so that what is withheld and what is paid add up to the interest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.subsidy.batches.rules.due import WITHHELD, reimbursed_payers, stop_states
from shared.dates import add_months
from shared.policy.arrangements import LegacyRule
from shared.policy.terms import SubsidyRule
from shared.policy.vocabulary import Payer, PovertyState

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InterestPaid:
    """Interest really paid for the days of [`period_from`, `period_until`)."""

    amount: Decimal
    period_from: date
    period_until: date
    prepaid: bool = False
    repeated: Decimal = Decimal("0.00")  # of it for days that the loan paid before (`spec.repeated`)
    year_served: bool = False  # an earlier batch paid the household for interest of this calendar year
    payer: Payer = Payer.BORROWER


@dataclass(frozen=True, slots=True)
class Contract:
    """What of the loan the rule needs; the rate in percent a year."""

    principal: Decimal
    annual_rate: Decimal
    disbursed_on: date
    without_subsidy: bool = False  # granted on the condition that the household bears the interest
    legacy_rule: str | None = None  # code of the earlier rule that the loan keeps
    later_rates: tuple[tuple[date, Decimal], ...] = ()  # each from its day on, the days ascending

    def rate_on(self, day: date) -> Decimal:
        """Return the rate of a day in percent a year."""
        return next((rate for since, rate in reversed(self.later_rates) if since <= day), self.annual_rate)


@dataclass(frozen=True, slots=True)
class StateFrom:
    """A household's state on the poverty register from a day on."""

    effective_from: date
    state: PovertyState


@dataclass(frozen=True, slots=True)
class SubsidyStatus:
    """What the household's states mean for one loan."""

    stop_from: date | None = None  # no subsidy for this day and the days after it
    lifted_at_start: bool = False
    blacklisted: tuple[tuple[date, date | None], ...] = ()  # from a day, until another or still


@dataclass(frozen=True, slots=True)
class SubsidyDue:
    """What is paid, what each reason withheld, and the days both were counted on."""

    amount: Decimal
    withheld: dict[str, Decimal]
    reasons: tuple[str, ...]
    days: int
    eligible_days: int


def subsidy_status(states: Sequence[StateFrom], rule: SubsidyRule, disbursed_on: date) -> SubsidyStatus:
    """Return what a household's states, one for each day of change in order, mean for a loan of `disbursed_on`.

    A stop holds from its first day on for every loan of that time, whatever the household becomes later; a loan lent
    after the stop was over has nothing to do with it. Clauses: FJ-6, FJ-6b.
    """
    begun = [index for index, state in enumerate(states) if state.effective_from <= disbursed_on]
    at_start = states[begun[-1] : begun[-1] + 1] if begun else []
    at_work = states[begun[-1] :] if begun else states
    stops = [state.effective_from for state in at_work if state.state in stop_states(rule)]
    return SubsidyStatus(min(stops, default=None), any(each.state is PovertyState.LIFTED for each in at_start))


def subsidy_due(
    paid: InterestPaid,
    contract: Contract,
    status: SubsidyStatus,
    rule: SubsidyRule,
    legacy: Sequence[LegacyRule] = (),
    cap_rate: Decimal | None = None,
) -> SubsidyDue:
    """Return what of an interest payment is reimbursed.

    Not covered: a prepayment's interest where the pack says so, what repeats days, what others than the household paid,
    loans granted without subsidy, a year that was served where the pack serves it once, loans begun as lifted household
    where the pack says so.
    Stopped: days on or after the stop (FJ-6, FJ-6b). Beyond years: days after the last subsidised year or month from
    disbursement (XX-4). Listed: days on the blacklist (LG-22). Above principal: the part of the loan beyond the
    largest principal, by the legacy rule for legacy loans (LG-2b). Above cap: the part of each day's rate beyond
    `cap_rate`, percent a year (DZ-1b), or beyond the pack's fixed rate. Beyond share: what the share of the day leaves
    to the borrower.
    """
    start, until = paid.period_from, max(paid.period_until, paid.period_from + ONE_DAY)
    days = (until - start).days
    stopped_on = min(until, status.stop_from or until)
    months = rule.months_max or 12 * (rule.years_max or 0)
    last_on = min(stopped_on, add_months(contract.disbursed_on, months) if months else until)
    before_stop, before_listing = max((stopped_on - start).days, 0), max((last_on - start).days, 0)
    free = [day for day in _days(start, last_on) if not _is_blacklisted(day, status)]
    eligible = len(free)
    largest, shares = _terms(contract, rule, legacy)
    kept = Fraction(min(contract.principal, largest)) / Fraction(contract.principal)
    uncapped = _part_below([contract.rate_on(day) for day in _days(start, until)], cap_rate, rule.fixed_rate)
    covering = None if _not_covered(paid, contract, status, rule) else Fraction(paid.amount - paid.repeated) / days
    exact = (
        Fraction(paid.amount),
        *(Fraction(0) if covering is None else covering * part for part in (
            Fraction(days),
            Fraction(before_stop),
            Fraction(before_listing),
            Fraction(eligible),
            eligible * kept,
            eligible * kept * uncapped,
            _weighted_days(free, shares) * kept * uncapped,
        )),
    )  # fmt: skip
    left = [_half_up(value) for value in exact]
    withheld = {name: left[step] - left[step + 1] for step, name in enumerate(WITHHELD)}
    return SubsidyDue(
        left[-1], withheld, _reasons(paid, contract, status, rule, withheld), days, eligible if covering else 0
    )


def _not_covered(paid: InterestPaid, contract: Contract, status: SubsidyStatus, rule: SubsidyRule) -> str | None:
    if paid.repeated == paid.amount:
        return "days_repeated"
    if paid.payer not in reimbursed_payers(rule):
        return "paid_by_others"
    if contract.without_subsidy:
        return "without_subsidy"
    if paid.year_served and rule.once_a_year:
        return "year_served"
    if status.lifted_at_start and not rule.lifted_may_start:
        return "lifted_at_start"
    return "prepaid" if paid.prepaid and not rule.covers_prepaid_interest else None


def _reasons(
    paid: InterestPaid,
    contract: Contract,
    status: SubsidyStatus,
    rule: SubsidyRule,
    withheld: dict[str, Decimal],
) -> tuple[str, ...]:
    why = _not_covered(paid, contract, status, rule)
    partly = tuple("days_repeated" if name == "not_covered" else name for name, amount in withheld.items() if amount)
    return (why,) if why else partly or ("full",)


def _terms(
    contract: Contract, rule: SubsidyRule, legacy: Sequence[LegacyRule]
) -> tuple[Decimal, list[tuple[date, Decimal]]]:
    later = sorted(rule.later_shares, key=lambda share: share.from_on)
    shares = [(date.min, rule.share), *((share.from_on, share.share) for share in later)]
    earlier = next((each for each in legacy if _is_under(each, contract)), None)
    if earlier is None:
        return rule.principal_max, shares
    return earlier.amount_max, shares if earlier.subsidy_share is None else [(date.min, earlier.subsidy_share)]


def _is_under(earlier: LegacyRule, contract: Contract) -> bool:
    """Return whether a loan keeps an earlier rule: the one named when it came onto the books, else by amount."""
    if contract.legacy_rule is not None:
        return contract.legacy_rule == earlier.code
    above = earlier.amount_above
    return above is not None and contract.principal > above and earlier.held_on(contract.disbursed_on)


def _part_below(rates: Sequence[Decimal], *caps: Decimal | None) -> Fraction:
    """Return which part of the interest of days with these rates lies below every cap."""
    cap = min((each for each in caps if each is not None), default=None)
    borne = sum(map(Fraction, rates), Fraction(0))
    if cap is None or not borne:
        return Fraction(1)
    return sum((Fraction(min(rate, cap)) for rate in rates), Fraction(0)) / borne


def _days(start: date, until: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((until - start).days)]


def _is_blacklisted(day: date, status: SubsidyStatus) -> bool:
    return any(begin <= day < (end or date.max) for begin, end in status.blacklisted)


def _weighted_days(days: Sequence[date], shares: Sequence[tuple[date, Decimal]]) -> Fraction:
    ends = [day for day, _ in shares[1:]] + [date.max]
    return sum(
        (
            sum(begin <= day < end for day in days) * Fraction(share)
            for (begin, share), end in zip(shares, ends, strict=True)
        ),
        Fraction(0),
    )


def _half_up(exact: Fraction) -> Decimal:
    fen = (200 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))
