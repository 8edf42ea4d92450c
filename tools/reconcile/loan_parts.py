"""What a loan is worked out from, and what is worked out: contract, postings, instalments, receipts; in whole fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

import chinese_calendar

# On one day a misuse ends, or begins, before all; then come what is given up, a new rate, and money, which comes in
# before it goes out; a default is confirmed after all. The place of a rate is 0.
KINDS: Final = ("misuse_ended", "misuse", "remission", "rate", "repayment", "prepayment", "refund", "default")


@dataclass(frozen=True, slots=True)
class Contract:
    """What was signed, from the pack and the published rate."""

    principal: int
    rate_percent: Fraction
    basis: str
    method: str
    rounding: str
    disbursed_on: date
    due_on: tuple[date, ...]
    window_days: int
    grace_days: int
    multiplier: Fraction
    order: tuple[str, ...]
    may_replan: bool = True
    small: int = 0  # what a paid instalment may lack
    late_interest: str = "penalty_rate"  # what interest that is late bears
    misuse_multiplier: Fraction = Fraction(3, 2)
    own_days: Mapping[date, bool] = field(default_factory=dict)  # on which the county rests (true) or works by itself


@dataclass(frozen=True, slots=True)
class Posting:
    """Something that happened to a loan: money came, went back or was given up, a default, or another rate."""

    id: str
    kind: str
    on: date
    reference: str
    amount: int = 0  # of money
    rate_percent: Fraction = Fraction(0)  # of a rate, from the day on
    gives_up: str = ""  # what of a remission is owed no more
    calls_in: bool = False  # of a default: all that is lent falls due

    @property
    def key(self) -> tuple[date, int, str]:
        """Return its place among the postings of a loan, by content alone."""
        return self.on, KINDS.index(self.kind) - KINDS.index("rate"), self.reference


@dataclass(frozen=True, slots=True, order=True)
class Charge:
    """Penalty of one instalment for a stretch of days, on what was overdue then; `compound` of it has no surcharge."""

    number: int
    period_from: date
    period_until: date
    overdue: int
    amount: int
    compound: int = 0


@dataclass(frozen=True, slots=True, order=True)
class GivenUp:
    """What an instalment owes no more since a day, of one kind, by whose decision; None: a small rest."""

    number: int
    on: date
    kind: str
    amount: int
    decided_by: str | None
    surcharge: int = 0  # of a penalty


@dataclass(slots=True)
class Due:
    """One instalment with what was paid on it."""

    number: int
    period_from: date
    due_on: date
    days: int
    principal: int
    interest: int
    charged_until: date
    signed: bool = True
    cancelled_on: date | None = None
    principal_paid: int = 0
    interest_paid: int = 0
    penalty: int = 0
    penalty_paid: int = 0
    given_up: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("penalty", "interest", "principal"), 0))
    compound: int = 0  # of the penalty, interest on late interest at the contract's rate
    compound_paid: int = 0
    compound_given_up: int = 0
    is_of_misuse: bool = False  # nothing but penalty, all of it beyond the contract's rate
    used_well_from: date | None = None  # of a misuse: since when nothing is misused any more

    @property
    def unpaid(self) -> int:
        """Return principal and interest that are still owed."""
        return self.principal - self.principal_paid + self.interest - self.interest_paid

    def lacks(self, kind: str) -> int:
        """Return what is still owed of one kind."""
        match kind:
            case "penalty":
                return self.penalty - self.penalty_paid
            case "interest":
                return self.interest - self.interest_paid
        return self.principal - self.principal_paid

    @property
    def owed(self) -> int:
        """Return everything that is still owed on it."""
        return self.unpaid + self.penalty - self.penalty_paid

    def give_up(self, kind: str, most: int) -> int:
        """Owe up to an amount of one kind no more, and return how much that is."""
        share = min(self.lacks(kind), most)
        setattr(self, kind, getattr(self, kind) - share)
        self.given_up[kind] += share
        if kind == "penalty":
            compound = min(share, self.compound - self.compound_paid)
            self.compound, self.compound_given_up = self.compound - compound, self.compound_given_up + compound
        return share

    def figures(self) -> tuple[object, ...]:
        """Return all of it, in the order in which the database is asked."""
        return (self.number, self.period_from, self.due_on, self.days, self.principal, self.interest, self.cancelled_on,
                self.principal_paid, self.interest_paid, self.penalty, self.penalty_paid, self.signed,
                *self.given_up.values(), self.compound, self.compound_paid,
                self.compound_given_up, self.is_of_misuse, self.used_well_from)  # fmt: skip


@dataclass(slots=True)
class Receipt:
    """Money that came: `left` pays nothing yet; `parts` by instalment are penalty, interest, principal."""

    id: str
    on: date
    left: int
    given_back: int = 0
    parts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    outstanding: int = 0  # principal after it
    compound: dict[int, int] = field(default_factory=dict)  # of the penalty, by instalment

    def pay(self, due: Due, kind: str, most: int | None = None) -> int:
        """Pay what a due lacks of one kind as far as the money goes, and return how much that is."""
        lacking = due.lacks(kind) if most is None else min(most, due.lacks(kind))
        share = min(self.left, lacking)
        if share <= 0:
            return 0
        penalty, interest, principal = self.parts.get(due.number, (0, 0, 0))
        match kind:
            case "penalty":
                due.penalty_paid, penalty = due.penalty_paid + share, penalty + share
                without_surcharge = min(share, due.compound - due.compound_paid)
                due.compound_paid += without_surcharge
                self.compound[due.number] = self.compound.get(due.number, 0) + without_surcharge
            case "interest":
                due.interest_paid, interest = due.interest_paid + share, interest + share
            case "principal":
                due.principal_paid, principal = due.principal_paid + share, principal + share
        self.left -= share
        self.parts[due.number] = (penalty, interest, principal)
        return share

    def figures(self) -> tuple[object, ...]:
        """Return what it pays, holds and had refunded, and the principal it leaves."""
        return dict(self.parts), self.left, self.given_back, self.outstanding


def met_on(day: date, own: Mapping[date, bool]) -> date:
    """Return the day on which what falls due on `day` is met: the day after a rest (Civil Code, Article 203).

    On the days that a county has of its `own` it rests (true) or works, whatever China does.
    """
    try:
        while own[day] if day in own else chinese_calendar.is_holiday(day):
            day += timedelta(days=1)
    except NotImplementedError:  # a year that is not announced yet
        return day
    return day
