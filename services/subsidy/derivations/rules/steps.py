"""Say how much of an interest payment is reimbursed and why not more, one sentence for each step (SX-5, DZ-7).

The amounts are those that the statement in `due_sql` worked out; here they are only put into words. What a step takes
off is the difference of what was left before it and after it, so that the steps always add up to the amount.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from shared.vocabulary.load import value_words

ZERO: Final = Decimal("0.00")
ONE_DAY: Final = timedelta(days=1)
_NOT_COVERED: Final = {
    "days_repeated": ("属此前已计息天数的利息，不重复计算", "of it is for days that were paid before"),
    "paid_by_others": ("由他人支付的利息，农户未负担，不予贴息", "the household did not pay it"),
    "without_subsidy": ("该贷款约定不予贴息", "the loan was granted without subsidy"),
    "year_served": ("该户本年度已贴息一次", "the household was served for this calendar year"),
    "lifted_at_start": ("放款时该户已脱贫，按政策不予贴息", "the household was lifted when the loan was lent"),
    "prepaid": ("提前结清的利息，按政策不予贴息", "interest of an early settlement is not subsidised"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What an amount was worked out from. Money in yuan; rates in percent a year and shares, summed over days."""

    interest: Decimal
    paid_on: date
    payer: str
    period_from: date
    period_until: date
    days: int
    principal: Decimal
    covered: Decimal
    before_stop: int
    before_listing: int
    subsidised_days: Sequence[tuple[date, date]]  # each from a day, until another
    principal_kept: Decimal
    rate_borne: Decimal
    rate_kept: Decimal
    share_days: Decimal
    cap_rate: Decimal | None
    why_not: str | None  # why some interest is not subsidised at all

    @property
    def eligible_days(self) -> int:
        """Return how many days are subsidised."""
        return sum((until - since).days for since, until in self.subsidised_days)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the interest after each step, in yuan; `due` is what the rule gives."""

    after_stop: Decimal
    after_years: Decimal
    after_listing: Decimal
    after_principal: Decimal
    after_cap: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: what it takes off and what it leaves, in yuan."""

    code: str
    zh: str
    en: str
    withheld: Decimal
    left: Decimal


def steps_of(figures: Figures, left: Left, granted_before: Decimal) -> tuple[Step, ...]:
    """Return the derivation of one interest payment's subsidy; the last step leaves what is to be granted.

    Principal, rate and share are always said; what did not take anything off is left out otherwise. What was granted
    before may be more than is due; then the last step leaves less than nothing, which is to be taken back.
    """
    remaining = figures.interest
    steps: list[Step] = []
    for code, (zh, en), after in _said(figures, left, granted_before):
        if code in ("interest", "above_principal", "above_cap", "beyond_share") or after != remaining:
            steps.append(Step(code, zh, en, remaining - after, after))
        remaining = after
    return tuple(steps)


def _said(figures: Figures, left: Left, granted_before: Decimal) -> Iterator[tuple[str, tuple[str, str], Decimal]]:
    yield "interest", _interest(figures), figures.interest
    yield "not_covered", _NOT_COVERED.get(figures.why_not or "", _NOT_COVERED["days_repeated"]), figures.covered
    yield "stopped", _stopped(figures), left.after_stop
    yield "beyond_years", _beyond_years(figures), left.after_years
    yield "listed", _listed(figures), left.after_listing
    yield "above_principal", _principal(figures), left.after_principal
    yield "above_cap", _rate(figures), left.after_cap
    yield "beyond_share", _share(figures), left.due
    yield "granted_before", ("减去此前已批的贴息", "less what was granted before"), left.due - granted_before


def _interest(figures: Figures) -> tuple[str, str]:
    payer, last = value_words()[f"Payer={figures.payer}"], _last(figures)
    return (
        f"{figures.paid_on} 由{payer.zh}支付利息 {figures.interest} 元，计息期 {figures.period_from} 至 {last}，"
        f"共 {figures.days} 天，本金 {figures.principal} 元",
        f"interest of {figures.interest} yuan paid on {figures.paid_on} by the {payer.en.lower()} for "
        f"{figures.period_from} to {last}, {figures.days} days, principal {figures.principal} yuan",
    )


def _last(figures: Figures) -> date:
    return max(figures.period_from, figures.period_until - ONE_DAY)


def _stopped(figures: Figures) -> tuple[str, str]:
    since = figures.period_from + ONE_DAY * figures.before_stop
    return (
        f"自 {since} 起停止贴息，计息期内 {figures.before_stop} 天在此之前",
        f"no subsidy from {since} on; {figures.before_stop} days of the period lie before",
    )


def _beyond_years(figures: Figures) -> tuple[str, str]:
    since = figures.period_from + ONE_DAY * figures.before_listing
    return (
        f"自 {since} 起超过贴息年限，计息期内 {figures.before_listing} 天在此之前",
        f"the subsidised years are over from {since} on; {figures.before_listing} days of the period lie before",
    )


def _listed(figures: Figures) -> tuple[str, str]:
    number = figures.before_listing - figures.eligible_days
    return (
        f"列入黑名单期间 {number} 天不予贴息，余 {figures.eligible_days} 天",
        f"{number} days on the blacklist are not subsidised, {figures.eligible_days} days are left",
    )


def _principal(figures: Figures) -> tuple[str, str]:
    return (
        f"可贴息本金 {figures.principal_kept} 元（本金 {figures.principal} 元）",
        f"principal subsidised {figures.principal_kept} of {figures.principal} yuan",
    )


def _rate(figures: Figures) -> tuple[str, str]:
    borne, kept = (_percent(rate / figures.days) for rate in (figures.rate_borne, figures.rate_kept))
    cap_zh = "" if figures.cap_rate is None else f"，公布的利率上限 {_percent(figures.cap_rate)}%"
    cap_en = "" if figures.cap_rate is None else f", published cap {_percent(figures.cap_rate)} %"
    return f"合同年利率 {borne}%，可贴息年利率 {kept}%{cap_zh}", f"contract rate {borne} %, subsidised {kept} %{cap_en}"


def _share(figures: Figures) -> tuple[str, str]:
    share = _percent(100 * figures.share_days / figures.eligible_days) if figures.eligible_days else "0"
    return (
        f"可贴息 {figures.eligible_days} 天，财政承担比例 {share}%",
        f"{figures.eligible_days} days subsidised, the treasury's share is {share} %",
    )


def _percent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.0001')).normalize():f}"
