"""What a clerk writes on: the rows of a schedule, the sums that came in, and interest counted day by day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from services.lending.accounts.rules.postings import Posting
from services.lending.loans.rules.rates import Rates
from services.lending.loans.rules.schedule import in_fen
from shared.policy.vocabulary import DayCount, DueKind, Rounding

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)


@dataclass
class Row:
    """One line of the schedule: what it asks for and what it has received, by kind, in yuan."""

    number: int
    since: date
    due_on: date
    late_after: date
    asks: dict[DueKind, Decimal]
    got: dict[DueKind, Decimal] = field(default_factory=lambda: dict.fromkeys(DueKind, ZERO))
    let_off: dict[DueKind, Decimal] = field(default_factory=lambda: dict.fromkeys(DueKind, ZERO))
    penalty_until: date = date.min
    mild: Decimal = ZERO  # of the penalty asked for, interest on late interest at the contract's rate
    mild_gone: Decimal = ZERO  # of it, what was paid or let go
    struck_out: bool = False
    is_fine: bool = False  # for misuse: asks for penalty only, which the clerk enters by hand

    def lacks(self, *kinds: DueKind) -> Decimal:
        """Return what is unpaid of some kinds."""
        return sum((self.asks[kind] - self.got[kind] - self.let_off[kind] for kind in kinds), ZERO)

    def let_go(self, kind: DueKind, most: Decimal) -> Decimal:
        """Ask no more for up to an amount of one kind; return how much it was."""
        share = min(self.lacks(kind), most)
        self.let_off[kind] += share
        if kind is DueKind.PENALTY:
            self.take_mild(share)
        return share

    def take_mild(self, share: Decimal) -> Decimal:
        """Take from a share of penalty what is owed at the contract's rate, which goes first; return how much it is."""
        mild = min(share, self.mild - self.mild_gone)
        self.mild_gone += mild
        return mild


@dataclass
class Money:
    """What came in under one reference, where it went, and what lies in the drawer."""

    posting: Posting
    drawer: Decimal
    went: dict[tuple[int, DueKind], Decimal] = field(default_factory=dict)
    refunded: Decimal = ZERO
    mild: dict[int, Decimal] = field(default_factory=dict)  # of the penalty it paid, by row

    def give(self, row: Row, kind: DueKind, most: Decimal) -> Decimal:
        """Give a row up to an amount of one kind from the drawer; return how much it was."""
        share = min(self.drawer, most)
        if share > 0:
            self.drawer -= share
            self.went[row.number, kind] = self.went.get((row.number, kind), ZERO) + share
            row.got[kind] += share
            if kind is DueKind.PENALTY:
                self.mild[row.number] = self.mild.get(row.number, ZERO) + row.take_mild(share)
        return share


def interest(amount: Decimal, rates: Rates, since: date, until: date, count: DayCount, rounding: Rounding) -> Decimal:
    """Count interest day by day for [`since`, `until`), each day at its yearly rate in percent, rounded once."""
    days = (since + timedelta(days=number) for number in range((until - since).days))
    percent = sum((Fraction(rates.on(day)) * part_of_a_year(day, count) for day in days), Fraction(0))
    return in_fen(Fraction(amount) * percent / 100, rounding)


def part_of_a_year(day: date, count: DayCount) -> Fraction:
    match count:
        case DayCount.ACT_360:
            return Fraction(1, 360)
        case DayCount.ACT_365:
            return Fraction(1, 365)
        case DayCount.ACT_ACT:
            return Fraction(1, 366 if (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days == 366 else 365)
        case DayCount.THIRTY_360:
            return Fraction(_thirty(day + ONE_DAY) - _thirty(day), 360)


def _thirty(day: date) -> int:
    """Number a day in years of twelve months of thirty days; the last of a month is its thirtieth."""
    last = (day + ONE_DAY).day == 1
    return day.year * 360 + day.month * 30 + (30 if last else min(day.day, 30))


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
