"""Each loan as lending's events alone tell it: what somebody who only ever heard them would believe."""

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
    state_version: int = 0  # of the event that the state comes from

    def figures(self) -> tuple[object, ...]:
        """Return all of it, in the order in which the database is asked."""
        return (self.lent, self.repaid, self.interest, self.penalty, self.principal_compensated,
                self.interest_compensated, self.recovered, self.state)  # fmt: skip

    def enter(self, state: str, version: int) -> None:
        """Take over a state unless a later event has said another."""
        if version > self.state_version:
            self.state, self.state_version = state, version

    def plus(self, other: "ReplayedLoan") -> "ReplayedLoan":
        """Return what both say of one loan, together."""
        later = max(self, other, key=lambda loan: loan.state_version)
        return ReplayedLoan(
            self.lent + other.lent,
            self.repaid + other.repaid,
            self.interest + other.interest,
            self.penalty + other.penalty,
            self.principal_compensated + other.principal_compensated,
            self.interest_compensated + other.interest_compensated,
            self.recovered + other.recovered,
            later.state,
            later.state_version,
        )


@dataclass(slots=True)
class Retelling:
    """Adds up lending's events; an event that comes a second time is the caller's to leave out."""

    loans: dict[str, ReplayedLoan] = field(default_factory=dict)

    def hear(self, name: str, aggregate_id: str, version: int, data: dict[str, Any]) -> None:
        """Take in one event; in which order they come does not matter."""
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
                loan.enter("defaulted", version)
            case "loan-compensated":
                loan.enter("compensated", version)
                loan.principal_compensated += fen(data["principal"])
                loan.interest_compensated += fen(data["interest"])
            case "recovery-recorded":
                loan.recovered += fen(data["amount"])
            case "loan-closed":
                loan.enter("closed", version)

    def plus(self, other: "Retelling") -> "Retelling":
        """Return what both tell together; no event may be in both."""
        both = self.loans.keys() & other.loans.keys()
        return Retelling({**self.loans, **other.loans, **{key: self.loans[key].plus(other.loans[key]) for key in both}})
