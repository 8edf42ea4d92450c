"""The demonstration's calendar: from the day a pack begins to hold to the day on which its last losses are recovered.

Everything is counted from days of the county's own: its pack's first day, its loans, its settlement day, its waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from services.lending.loans.rules.due_dates import SettlementDay, settlement_due_dates
from services.riskfund.claims.rules.compensation import first_claim_day
from shared.dates import today_in_china
from shared.policy.pack import PolicyPack
from shared.policy.rate_terms import RateTenor
from shared.policy.vocabulary import LossCause, RateBasis, WaitStart
from shared.workdays import add_workdays
from tools.demo.refused import DemoRefused
from tools.packs.rates import column_for, published

FILED_AFTER_DAYS: Final = (0, 21, 40, 61)  # on which of these days a township files depends on its place in the list
DEFAULTERS_WITHIN_DAYS: Final = 28  # of the first maturity
LAST_DUES_TO_END_DAYS: Final = 11
POSTED_BEFORE_DUE_DAYS: Final = 10
DAY: Final = timedelta(days=1)


def first_day(pack: PolicyPack, terms: Sequence[int]) -> date:
    """Return the pack's first day, or the first one for which the rates it reads are at hand, if that is later.

    Raises:
        DemoRefused: the day has not come, or a rate is not at hand at all.
    """
    loan_terms, cap = pack.loan_terms(), pack.subsidy_rule().rate_cap
    starts = [pack.header.effective_from]
    starts += [_published_from(loan_terms.rate_basis, loan_terms.rate_tenors, term) for term in terms]
    starts += [_published_from(cap.basis, cap.tenors, term) for term in terms] if cap else []
    if max(starts) > today_in_china():
        raise DemoRefused(
            zh=f"政策包自 {max(starts)} 起执行，尚未到期，办理日期不能晚于今天；"
            "请在副本中把 effective_from 改为过去的一天再演示。",
            en=f"The pack holds from {max(starts)}, and nothing can be dated after today; write an earlier "
            "`effective_from` into a copy of the file and show that.",
        )
    return max(starts)


def _published_from(basis: RateBasis, tenors: tuple[RateTenor, ...], term_months: int) -> date:
    column = column_for(tenors, term_months)
    days = [row.effective_from for row in published() if (row.basis, row.column) == (basis, column)]
    if not days:
        raise DemoRefused(
            zh=f"data/reference_rates.csv 中没有 {basis} 的 {column or '（无此期限）'} 利率，"
            f"{term_months} 个月的贷款无利率可用；请核对政策包的 rate_basis 与 rate_tenors。",
            en=f"data/reference_rates.csv has no {basis} rate in column {column or '(none)'}, which loans of "
            f"{term_months} months read; check `rate_basis` and `rate_tenors` of the pack.",
        )
    return min(days)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from set-up to the first applications; grades are on public notice for `rating_working_days`."""

    starts_on: date
    rating_working_days: int
    filed_after: tuple[int, ...] = FILED_AFTER_DAYS

    @property
    def opened_on(self) -> date:
        """Return the day on which fund and banks are set up."""
        return self.starts_on + 2 * DAY

    @property
    def imported_on(self) -> date:
        """Return the day on which the facts of the sheets were collected."""
        return self.starts_on + 3 * DAY

    @property
    def rated_on(self) -> date:
        """Return the day of visits, scores and group reviews."""
        return self.starts_on + 4 * DAY

    @property
    def published_on(self) -> date:
        """Return the first day on which the grades are on public notice."""
        return self.starts_on + 5 * DAY

    @property
    def filed_on(self) -> tuple[date, ...]:
        """Return the days on which the townships file: after two weeks, or when the grades are final."""
        final_on = add_workdays(self.published_on, self.rating_working_days)
        first = max(self.starts_on + 14 * DAY, final_on + 2 * DAY)
        return tuple(first + days * DAY for days in self.filed_after)

    @property
    def filed_late_on(self) -> date:
        """Return the day on which those file whom the first money of the fund does not cover."""
        return self.filed_on[-1] + 28 * DAY

    @property
    def surveyed_on(self) -> date:
        """Return the day on which ages are counted and the county asks who may borrow."""
        return self.filed_on[0] + 45 * DAY


class Dated(Protocol):
    """What the calendar reads of a loan."""

    @property
    def term_months(self) -> int:
        """Its term."""

    @property
    def disbursed_on(self) -> date:
        """The day it was paid out."""

    @property
    def matures_on(self) -> date:
        """The day it falls due."""


@dataclass(frozen=True, slots=True)
class LifeDays:
    """The days on which loans of the first round are lived through; the shortest of them end within it."""

    settlement: SettlementDay
    first_disbursed_on: date
    last_disbursed_on: date
    prepaid_on: date  # some repay everything
    first_interest_on: date  # the first settlement day on which every loan owes interest for a month or more
    late_paid_on: date  # those pay who were late then
    posted_wrong_on: date  # a settlement is posted on the wrong loan, before the last settlement day of that year
    found_wrong_on: date  # it is found, after that year's interest was subsidised
    righted_on: date  # everything that followed from it is put right
    defaulters_mature_by: date  # loans that fall due until then may be those in default
    lifted_from: date  # some households are in a state that ends their subsidy
    last_maturity_on: date  # of the shortest loans
    borrowed_again_on: date  # those apply again who repaid in time
    reported_on: date  # of defaults: the days past due, or a death's own wait, are over
    confirmed_on: date
    part_paid_on: date  # of one loan in default
    claimed_on: date  # every cause's waiting time is over
    cured_on: date  # the rest of that loan is paid
    answered_on: date  # by the insurer
    decided_on: date
    compensated_on: date
    recovered_on: date  # the banks collect something after all
    last_interest_on: date  # the settlement day after that
    ends_on: date

    @classmethod
    def of(cls, loans: Sequence[Dated], pack: PolicyPack) -> "LifeDays":
        """Return the days of a first round lent under the pack."""
        terms, day = pack.loan_terms(), pack.loan_terms().settlement_day
        settlement = SettlementDay.every(terms.settlement_period_months, day.month, day.day)
        shortest = min(loan.term_months for loan in loans)
        maturities = [loan.matures_on for loan in loans if loan.term_months == shortest]
        last_disbursed_on, last_maturity_on = max(loan.disbursed_on for loan in loans), max(maturities)
        first_interest_on = _settled_from(last_disbursed_on + 30 * DAY, settlement)
        year_end = date(first_interest_on.year, 12, 31)
        settled = settlement_due_dates(first_interest_on - DAY, year_end + 370 * DAY, settlement)
        last_of_year = max(each for each in settled if each <= year_end)
        mature_by = min(maturities) + DEFAULTERS_WITHIN_DAYS * DAY
        waits = {
            wait.cause: first_claim_day(wait, mature_by + DAY)
            for wait in pack.compensation_rule().waits
            if wait.counts_from is not WaitStart.PURSUIT
        }
        past_due_on = mature_by + (terms.default_after_days + 7) * DAY
        reported_on = max(past_due_on, waits.get(LossCause.DEATH, past_due_on))
        claimed_on = max((reported_on + 14 * DAY, *waits.values()))
        last_interest_on = _settled_from(claimed_on + 63 * DAY, settlement)
        return cls(
            settlement=settlement,
            first_disbursed_on=min(loan.disbursed_on for loan in loans),
            last_disbursed_on=last_disbursed_on,
            prepaid_on=max(last_disbursed_on + 10 * DAY, first_interest_on - 65 * DAY),
            first_interest_on=first_interest_on,
            late_paid_on=first_interest_on + 21 * DAY,
            posted_wrong_on=last_of_year - POSTED_BEFORE_DUE_DAYS * DAY,
            found_wrong_on=year_end + 5 * DAY,
            righted_on=year_end + 10 * DAY,
            defaulters_mature_by=mature_by,
            lifted_from=last_maturity_on.replace(day=1),
            last_maturity_on=last_maturity_on,
            borrowed_again_on=month_end(last_maturity_on) + 6 * DAY,
            reported_on=reported_on,
            confirmed_on=reported_on + 3 * DAY,
            part_paid_on=reported_on + 7 * DAY,
            claimed_on=claimed_on,
            cured_on=claimed_on + 5 * DAY,
            answered_on=claimed_on + 7 * DAY,
            decided_on=claimed_on + 11 * DAY,
            compensated_on=claimed_on + 15 * DAY,
            recovered_on=claimed_on + 49 * DAY,
            last_interest_on=last_interest_on,
            ends_on=last_interest_on + LAST_DUES_TO_END_DAYS * DAY,
        )

    def is_settlement(self, day: date) -> bool:
        """Return whether interest is settled on the day."""
        return _settled_from(day, self.settlement) == day

    def cuts(self, after: date, through: date) -> Iterator[date]:
        """Yield the month ends and settlement days of a span and its last day, rising: banks send a file for each."""
        days, month = set(settlement_due_dates(after, through, self.settlement)), month_end(after + DAY)
        while month < through:
            days.add(month)
            month = month_end(month + DAY)
        yield from sorted(days)


def _settled_from(day: date, settlement: SettlementDay) -> date:
    """Return the first settlement day from a day on."""
    return settlement_due_dates(day - DAY, day + 370 * DAY, settlement)[0]


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return (day.replace(day=1) + 31 * DAY).replace(day=1) - DAY
