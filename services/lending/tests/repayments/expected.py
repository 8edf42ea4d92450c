"""A second bookkeeper: what the pure engine says a repayment does, kept beside the service's own books."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.policy.vocabulary import DayCount, DueKind, Rounding, UnpaidInterest
from spec.allocation import STATED, Due, Received, allocate
from spec.penalty import OverdueDue, penalty_interest

NOTHING = Decimal("0.00")


@dataclass
class Books:
    """One loan's dues as the engine leaves them."""

    loan_id: str
    contract_number: str
    dues: dict[int, Due]
    annual_rate: Decimal
    multiplier: Decimal
    day_count: DayCount
    rounding: Rounding
    order: tuple[DueKind, ...]
    grace_days: int
    window_days: int
    disbursed_on: date
    unpaid_interest: UnpaidInterest
    penalty_until: dict[int, date] = field(default_factory=dict)

    def payable(self, paid_on: date) -> list[Due]:
        """Return what may be paid on a day, with the penalty accrued to it."""
        last = paid_on + timedelta(days=self.window_days)
        return [self._payable(due, paid_on) for due in self.dues.values() if due.due_on <= last]

    def total(self, paid_on: date) -> Decimal:
        """Return the sum of what may be paid on a day."""
        return sum((due.penalty + due.interest + due.principal for due in self.payable(paid_on)), NOTHING)

    def pay(self, amount: Decimal, paid_on: date) -> dict[int, Received]:
        """Book a payment and return what each instalment received."""
        payable = self.payable(paid_on)
        result = allocate(amount, payable, self.order)
        assert result.remainder == 0
        for due, received in zip(payable, sorted(result.received, key=lambda row: row.number), strict=True):
            assert due.number == received.number
            self.dues[due.number] = replace(
                due,
                penalty=due.penalty - received.penalty,
                interest=due.interest - received.interest,
                principal=self.dues[due.number].principal - received.principal,
            )
            self.penalty_until[due.number] = max(paid_on, due.due_on)
        return {row.number: row for row in result.received if row.total > 0}

    def _payable(self, due: Due, paid_on: date) -> Due:
        """Before its day only a due's interest may be paid (FJ-11)."""
        return replace(due, principal=NOTHING) if due.due_on > paid_on else self._with_penalty(due, paid_on)

    def _with_penalty(self, due: Due, paid_on: date) -> Due:
        since = self.penalty_until.get(due.number, due.due_on)
        if paid_on <= since:
            return due
        turn, base = since, due.interest + due.principal
        if self.unpaid_interest is UnpaidInterest.CONTRACT_RATE_THEN_PENALTY_RATE:
            turn = min(max(since, *(each.due_on for each in self.dues.values())), paid_on)
        elif self.unpaid_interest is UnpaidInterest.NOTHING:
            base = due.principal
        charged = (
            self._charged(due, due.principal, since, turn, self.multiplier)
            + self._charged(due, due.interest, since, turn, Decimal(1))
            + self._charged(due, base, turn, paid_on, self.multiplier)
        )
        return replace(due, penalty=due.penalty + charged)

    def _charged(self, due: Due, overdue: Decimal, since: date, until: date, multiplier: Decimal) -> Decimal:
        if since == until:
            return NOTHING
        (penalty,) = penalty_interest(
            [OverdueDue(due.number, due.due_on, overdue)],
            since,
            until,
            self.annual_rate,
            multiplier,
            self.day_count,
            self.grace_days,
            rounding=self.rounding,
        )
        return penalty.amount


def books_of(loan: dict[str, Any], installments: list[dict[str, Any]], terms: dict[str, Any]) -> Books:
    """Open the books of a loan as the API shows it, under the terms of its pack."""
    dues = {
        row["number"]: Due(
            row["number"],
            date.fromisoformat(row["due_on"]),
            NOTHING,
            Decimal(row["interest_due"]),
            Decimal(row["principal_due"]),
        )
        for row in installments
    }
    return Books(
        loan["id"],
        loan["contract_number"],
        dues,
        Decimal(loan["annual_rate"]),
        Decimal("1.5"),
        DayCount(loan["day_count"]),
        Rounding(terms.get("interest__rounding", "half_up")),
        tuple(DueKind(kind) for kind in terms.get("repayment__allocation_order", STATED)),
        terms.get("repayment__grace_days", 0),
        terms.get("repayment__early_payment_window_days", 30),
        date.fromisoformat(loan["disbursed_on"]),
        UnpaidInterest(terms.get("repayment__unpaid_interest_bears", "penalty_rate")),
    )
