"""Due dates (还款日) and settlement days (结息日) of a loan, and its maturity (到期日)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.lending.loans.rules.day_count import RuleRefused
from shared.dates import add_months

# Forty years of monthly instalments: far beyond any loan of this kind, so that no request asks for endless work.
MAX_INSTALLMENTS = 480


class DueDatesRefused(RuleRefused):
    """The wanted due dates cannot exist."""

    code = "due-dates-refused"


@dataclass(frozen=True, slots=True)
class SettlementDay:
    """The day on which interest is settled in the given months, e.g. `SettlementDay((12,), 20)`: every 20 December.

    A day beyond the end of a month means the month's last day. Clause: FJ-11.
    Raises: DueDatesRefused, OutsideCalendar.
    """

    months: tuple[int, ...]
    day: int

    def __post_init__(self) -> None:
        """Refuse months outside 1..12, repeated months, and days outside 1..31."""
        months_exist = all(1 <= month <= 12 for month in self.months) and bool(self.months)
        if not months_exist or len(set(self.months)) != len(self.months):
            raise DueDatesRefused(
                zh=f"结息月份 {self.months} 须为 1 至 12 月中互不相同的月份。",
                en=f"Settlement months {self.months} must be distinct months from 1 to 12.",
            )
        if not 1 <= self.day <= 31:
            raise DueDatesRefused(
                zh=f"结息日 {self.day} 须为 1 至 31 日。", en=f"Settlement day {self.day} must be a day from 1 to 31."
            )

    @classmethod
    def every(cls, period_months: int, month: int, day: int) -> "SettlementDay":
        """Return the settlement day repeated every `period_months` months, counted back from `month`.

        `every(12, 12, 20)` is every 20 December, `every(3, 12, 21)` the 21st of March, June, September and December.
        Raises: DueDatesRefused when the period does not divide a year.
        """
        if not 1 <= period_months <= 12 or 12 % period_months:
            raise DueDatesRefused(
                zh=f"结息周期 {period_months} 个月不可用，须为 1、2、3、4、6 或 12 个月。",
                en=f"A settlement period of {period_months} months must be 1, 2, 3, 4, 6 or 12 months.",
            )
        return cls(tuple(sorted((month - 1 - back) % 12 + 1 for back in range(0, 12, period_months))), day)


def maturity_on(disbursed_on: date, term_months: int) -> date:
    """Return the date on which a loan of `term_months` months falls due. Clause: LG-2.

    Raises: DueDatesRefused, OutsideCalendar.
    """
    if term_months < 1:
        raise DueDatesRefused(
            zh=f"期限 {term_months} 个月不可用，至少 1 个月。",
            en=f"A term of {term_months} months is no term: give at least 1 month.",
        )
    return add_months(disbursed_on, term_months)


def due_dates(
    disbursed_on: date, installment_count: int, period_months: int, first_due_on: date | None = None
) -> tuple[date, ...]:
    """Return `installment_count` due dates, one every `period_months` months.

    They are anchored on the day of disbursement, or of `first_due_on` where one is given, so that a clamped month end
    does not move the later ones: 31 Jan, 28 Feb, 31 Mar.
    Raises: DueDatesRefused, OutsideCalendar.
    """
    if not 1 <= installment_count <= MAX_INSTALLMENTS:
        raise DueDatesRefused(
            zh=f"不能分 {installment_count} 期，请填 1 至 {MAX_INSTALLMENTS} 期。",
            en=f"{installment_count} instalments are not possible: give 1 to {MAX_INSTALLMENTS}.",
        )
    if period_months < 1:
        raise DueDatesRefused(
            zh=f"每期 {period_months} 个月不可用，至少 1 个月。",
            en=f"A period of {period_months} months is not possible: give at least 1 month.",
        )
    if first_due_on is None:
        return tuple(add_months(disbursed_on, period_months * number) for number in range(1, installment_count + 1))
    if first_due_on <= disbursed_on:
        raise DueDatesRefused(
            zh=f"首个还款日 {first_due_on} 须晚于放款日 {disbursed_on}，请填写更晚的日期。",
            en=f"The first due date {first_due_on} must lie after the disbursement on {disbursed_on}: give a later "
            "date.",
        )
    return tuple(add_months(first_due_on, period_months * number) for number in range(installment_count))


def settlement_due_dates(disbursed_on: date, maturity_on: date, settlement: SettlementDay) -> tuple[date, ...]:
    """Return every settlement day after disbursement and before maturity, and then maturity itself.

    A loan disbursed on a settlement day owes nothing yet on that day. Clause: FJ-11.
    Raises: DueDatesRefused, OutsideCalendar.
    """
    if maturity_on <= disbursed_on:
        raise DueDatesRefused(
            zh=f"到期日 {maturity_on} 须晚于放款日 {disbursed_on}，请填写更晚的日期。",
            en=f"Maturity {maturity_on} must lie after the disbursement on {disbursed_on}: give a later date.",
        )
    days = _settlement_days(disbursed_on.year, maturity_on.year, settlement)
    dates = (*(day for day in days if disbursed_on < day < maturity_on), maturity_on)
    if len(dates) > MAX_INSTALLMENTS:
        raise DueDatesRefused(
            zh=f"{disbursed_on} 至 {maturity_on} 之间有 {len(dates)} 个结息日，超过 {MAX_INSTALLMENTS} 个，"
            "请提前到期日。",
            en=f"{len(dates)} settlement days between {disbursed_on} and {maturity_on} are more than "
            f"{MAX_INSTALLMENTS}: "
            "give an earlier maturity.",
        )
    return dates


def _settlement_days(first_year: int, last_year: int, settlement: SettlementDay) -> Iterator[date]:
    for year in range(first_year, last_year + 1):
        for month in sorted(settlement.months):
            yield _in_month(year, month, settlement.day)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
