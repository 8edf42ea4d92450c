"""Each loan as lending's stream alone tells it: what somebody who only ever heard the events would believe."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


def fen(text: str) -> int:
    """Return an amount written in yuan as whole fen."""
    return int(Decimal(text) * 100)


@dataclass(slots=True)
class ReplayedLoan:
    """One loan's amounts in fen and its state, added up from its events."""

    lent: int = 0
    repaid: int = 0
    interest: int = 0
    penalty: int = 0
    principal_compensated: int = 0
    interest_compensated: int = 0
    recovered: int = 0
    state: str = "active"

    def figures(self) -> tuple[object, ...]:
        """Return all of it, in the order in which the database is asked."""
        return (self.lent, self.repaid, self.interest, self.penalty, self.principal_compensated,
                self.interest_compensated, self.recovered, self.state)  # fmt: skip


@dataclass(slots=True)
class Retelling:
    """Listens to lending's stream; an event that comes a second time is the caller's to leave out."""

    loans: dict[str, ReplayedLoan] = field(default_factory=dict)

    def hear(self, name: str, aggregate_id: str, data: dict[str, Any]) -> None:
        """Take in one event."""
        if name.startswith("application-"):
            return
        loan = self.loans.get(aggregate_id) or self.loans.setdefault(aggregate_id, ReplayedLoan())
        match name:
            case "loan-disbursed":
                loan.lent += fen(data["principal"])
            case "repayment-recorded":
                loan.repaid += fen(data["principal"])
                loan.interest += fen(data["interest"])
                loan.penalty += fen(data["penalty"])
            case "default-confirmed":
                loan.state = "defaulted"
            case "loan-compensated":
                loan.state = "compensated"
                loan.principal_compensated += fen(data["principal"])
                loan.interest_compensated += fen(data["interest"])
            case "recovery-recorded":
                loan.recovered += fen(data["amount"])
            case "loan-closed":
                loan.state = "closed"
