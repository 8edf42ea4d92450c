"""One loan's life worked out anew: schedule, penalty and allocation from contract and payments alone, in whole fen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import chinese_calendar

from tools.reconcile.schedule import Row, counted_days, interest, plan


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


@dataclass(frozen=True, slots=True)
class Payment:
    """A repayment as it was booked; `parts` by instalment: penalty, interest, principal."""

    id: str
    kind: str
    paid_on: date
    amount: int
    parts: Mapping[int, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Accrual:
    """Penalty as it was booked for a stretch of days."""

    number: int
    period_from: date
    period_until: date
    overdue: int
    amount: int


@dataclass(frozen=True, slots=True)
class Odd:
    """Something booked otherwise than worked out; `topic` is the check it belongs to."""

    topic: str
    what: str
    expected: object
    found: object


@dataclass(slots=True)
class Due:
    """One instalment with what was paid on it."""

    number: int
    period_from: date
    due_on: date
    days: int
    principal: int
    interest: int
    accrued_until: date
    cancelled_on: date | None = None
    principal_paid: int = 0
    interest_paid: int = 0
    penalty: int = 0
    penalty_paid: int = 0

    @property
    def unpaid(self) -> int:
        """Return principal and interest that are still owed."""
        return self.principal - self.principal_paid + self.interest - self.interest_paid

    @property
    def owed(self) -> int:
        """Return everything that is still owed on it."""
        return self.unpaid + self.penalty - self.penalty_paid

    def figures(self) -> tuple[object, ...]:
        """Return all of it, in the order in which the database is asked."""
        return (self.number, self.period_from, self.due_on, self.days, self.principal, self.interest, self.cancelled_on,
                self.principal_paid, self.interest_paid, self.penalty, self.penalty_paid)  # fmt: skip


@dataclass(slots=True)
class LoanLife:
    """The loan as it stands after the payments seen so far."""

    contract: Contract
    dues: list[Due] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw up the schedule of the contract."""
        signed = self.contract
        rows = plan(signed.principal, signed.rate_percent, signed.basis, signed.method, signed.disbursed_on,
                    signed.due_on, signed.rounding)  # fmt: skip
        self._append(rows)

    def live(self, payments: Sequence[Payment], accruals: Sequence[Accrual]) -> Iterator[Odd]:
        """Go through the payments in the order they were booked and yield what was booked otherwise."""
        waiting = sorted(accruals, key=lambda each: (each.period_until, each.number), reverse=True)
        for payment in payments:
            while waiting and waiting[-1].period_until <= payment.paid_on:
                yield from self._accrue(waiting.pop())
            yield from self._unaccrued(payment)
            if payment.kind == "prepayment":
                self._replan(payment)
            yield from self._allocate(payment)
        while waiting:
            yield from self._accrue(waiting.pop())

    @property
    def interest_charged(self) -> int:
        """Return all interest of the schedule in force."""
        return sum(due.interest for due in self.dues if due.cancelled_on is None)

    def _append(self, rows: Sequence[Row]) -> None:
        first = len(self.dues) + 1
        self.dues += [
            Due(number, row.period_from, row.due_on, row.days, row.principal, row.interest, row.due_on)
            for number, row in enumerate(rows, first)
        ]

    def _payable(self, until: date) -> list[Due]:
        dues = [due for due in self.dues if due.cancelled_on is None and due.due_on <= until and due.owed > 0]
        return sorted(dues, key=lambda due: (due.due_on, due.number))

    def _late_from(self, due: Due) -> date:
        return max(due.accrued_until, met_on(due.due_on + timedelta(days=self.contract.grace_days)))

    def _accrue(self, booked: Accrual) -> Iterator[Odd]:
        if not 1 <= booked.number <= len(self.dues):
            yield Odd("L6", f"penalty on instalment {booked.number}", "no such instalment", booked.amount)
            return
        due, signed = self.dues[booked.number - 1], self.contract
        late_from = self._late_from(due)
        late_rate = signed.rate_percent * signed.multiplier
        amount = interest(due.unpaid, late_rate, signed.basis, late_from, booked.period_until, signed.rounding)
        expected = (late_from, due.unpaid, amount)
        if expected != (booked.period_from, booked.overdue, booked.amount):
            what = f"penalty on instalment {booked.number} until {booked.period_until}: from, overdue fen, penalty fen"
            yield Odd("L6", what, _plain(expected), _plain((booked.period_from, booked.overdue, booked.amount)))
        due.penalty += amount
        due.accrued_until = booked.period_until

    def _unaccrued(self, payment: Payment) -> Iterator[Odd]:
        for due in self._payable(payment.paid_on):
            if due.unpaid and self._late_from(due) < payment.paid_on:
                what = f"penalty on instalment {due.number} booked before the payment of {payment.paid_on}"
                yield Odd("L6", what, payment.paid_on, due.accrued_until)

    def _replan(self, payment: Payment) -> None:
        coming = [due for due in self.dues if due.cancelled_on is None and due.due_on > payment.paid_on]
        if not coming:
            return
        signed, start = self.contract, min(due.period_from for due in coming)
        balance = sum(due.principal for due in coming)
        earned = interest(balance, signed.rate_percent, signed.basis, start, payment.paid_on, signed.rounding)
        arrears = sum(due.owed for due in self._payable(payment.paid_on))
        earned = max(earned - sum(due.interest_paid for due in coming), 0)
        left = sum(due.principal - due.principal_paid for due in coming)
        is_full = payment.amount == arrears + earned + left
        principal = left if is_full else payment.amount - arrears - earned
        for due in coming:
            self._drop(due, payment.paid_on)
        days = counted_days(signed.basis, start, payment.paid_on)
        rows = [Row(start, payment.paid_on, days, principal, earned)]
        if not is_full:
            later = tuple(due.due_on for due in coming)
            rows += plan(balance - principal, signed.rate_percent, signed.basis, signed.method, payment.paid_on, later,
                         signed.rounding)  # fmt: skip
        self._append(rows)

    def _drop(self, due: Due, on: date) -> None:
        """End an instalment that a prepayment replaces; what was paid ahead on it stays its due."""
        if due.principal_paid + due.interest_paid == 0:
            due.cancelled_on = on
        else:
            due.principal, due.interest = due.principal_paid, due.interest_paid

    def _allocate(self, payment: Payment) -> Iterator[Odd]:
        left, given = payment.amount, {}
        for due in self._payable(payment.paid_on + timedelta(days=self.contract.window_days)):
            part = {}
            for kind in self.contract.order:
                owed = {"penalty": due.penalty - due.penalty_paid, "interest": due.interest - due.interest_paid,
                        "principal": due.principal - due.principal_paid}[kind]  # fmt: skip
                part[kind] = min(owed, left)
                left -= part[kind]
            due.penalty_paid += part["penalty"]
            due.interest_paid += part["interest"]
            due.principal_paid += part["principal"]
            if any(part.values()):
                given[due.number] = (part["penalty"], part["interest"], part["principal"])
        if given != payment.parts or left:
            what = f"parts of repayment {payment.id} by instalment: penalty, interest, principal fen; what is left"
            yield Odd("L5", what, (given, 0), (dict(payment.parts), left))


def met_on(day: date) -> date:
    """Return the day on which what falls due on `day` is met: the day after a rest (Civil Code, Article 203)."""
    try:
        while chinese_calendar.is_holiday(day):
            day += timedelta(days=1)
    except NotImplementedError:  # a year that is not announced yet
        return day
    return day


def _plain(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values)
