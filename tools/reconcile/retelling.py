"""Each loan as lending's events alone tell it: what somebody who only ever heard them would believe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

# Events whose aggregate is a loan; those of classes are of a run, those of steps and applications of their own.
LOAN_EVENTS: Final = frozenset({
    "loan-disbursed", "repayment-recorded", "loan-restated", "loan-overdue", "default-confirmed", "default-lifted",
    "loan-compensated", "recovery-recorded", "recovery-reversed", "loan-closed", "disbursement-reversed",
    "loan-written-off", "write-off-withdrawn",
})  # fmt: skip


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
    held: int = 0
    principal_compensated: int = 0
    interest_compensated: int = 0
    recovered: int = 0
    state: str = "active"
    closed_on: str | None = None
    state_version: int = 0  # of the event that the state comes from
    restated_at: int = 0  # version of the event that published all repayments anew
    last_version: int = 0

    def figures(self) -> tuple[object, ...]:
        """Return all of it, in the order in which the database is asked."""
        return (self.lent, self.repaid, self.interest, self.penalty, self.held, self.principal_compensated,
                self.interest_compensated, self.recovered, self.state, self.closed_on)  # fmt: skip

    def enter(self, state: str, version: int, closed_on: str | None = None) -> None:
        """Take over a state unless a later event has said another."""
        if version > self.state_version:
            self.state, self.state_version, self.closed_on = state, version, closed_on

    def receive(self, paid: dict[str, Any]) -> None:
        """Add what one repayment pays and holds."""
        self.repaid += fen(paid["principal"])
        self.interest += fen(paid["interest"])
        self.penalty += fen(paid["penalty"])
        self.held += fen(paid.get("held", "0"))

    def restate(self, version: int, after: dict[str, Any], repayments: Sequence[dict[str, Any]]) -> None:
        """Forget what repayments were said to pay, and take over what all that count pay now."""
        self.repaid = self.interest = self.penalty = self.held = 0
        self.restated_at = version
        for paid in repayments:
            self.receive(paid)
        self.enter(after["state"], version, after["closed_on"])

    def unrecover(self, version: int, data: dict[str, Any]) -> None:
        """Take a recovery back; a loan that was closed by it is compensated again."""
        self.recovered -= fen(data["amount"])
        if data["reopened"]:
            self.enter("compensated", version)

    def plus(self, other: "ReplayedLoan") -> "ReplayedLoan":
        """Return what both say of one loan, together; all events of one come before all of the other."""
        before, after = sorted((self, other), key=lambda loan: loan.last_version)
        paid = (after,) if after.restated_at else (before, after)
        states = max(self, other, key=lambda loan: loan.state_version)
        return ReplayedLoan(
            lent=self.lent + other.lent,
            repaid=sum(loan.repaid for loan in paid),
            interest=sum(loan.interest for loan in paid),
            penalty=sum(loan.penalty for loan in paid),
            held=sum(loan.held for loan in paid),
            principal_compensated=self.principal_compensated + other.principal_compensated,
            interest_compensated=self.interest_compensated + other.interest_compensated,
            recovered=self.recovered + other.recovered,
            state=states.state,
            closed_on=states.closed_on,
            state_version=states.state_version,
            restated_at=after.restated_at or before.restated_at,
            last_version=after.last_version,
        )


@dataclass(slots=True)
class Retelling:
    """Adds up lending's events; an event that comes a second time is the caller's to leave out."""

    loans: dict[str, ReplayedLoan] = field(default_factory=dict)

    def hear(self, name: str, aggregate_id: str, version: int, data: dict[str, Any]) -> None:
        """Take in one event; those of one loan come in the order of their versions, as a stream keeps them (X5)."""
        if name not in LOAN_EVENTS:
            return
        loan = self.loans.get(aggregate_id) or self.loans.setdefault(aggregate_id, ReplayedLoan())
        loan.last_version = max(loan.last_version, version)
        match name:
            case "loan-disbursed":
                loan.lent += fen(data["principal"])
            case "repayment-recorded":
                loan.receive(data)
            case "loan-restated":
                loan.restate(version, data["after"], data["repayments"])
            case "default-confirmed":
                loan.enter("defaulted", version)
            case "disbursement-reversed":
                loan.enter("cancelled", version)
            case "default-lifted":
                loan.enter("active", version)
            case "loan-compensated":
                loan.enter("compensated", version)
                loan.principal_compensated += fen(data["principal"])
                loan.interest_compensated += fen(data["interest"])
            case "recovery-recorded":
                loan.recovered += fen(data["amount"])
            case "recovery-reversed":
                loan.unrecover(version, data)
            case "loan-closed":
                loan.enter("closed", version, data["closed_on"])

    def plus(self, other: "Retelling") -> "Retelling":
        """Return what both tell together; no event may be in both."""
        both = self.loans.keys() & other.loans.keys()
        return Retelling({**self.loans, **other.loans, **{key: self.loans[key].plus(other.loans[key]) for key in both}})
