"""What lending tells the risk fund: loans of one county and the events that they publish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any, Literal
from uuid import UUID

from shared.events.base import Event
from shared.events.envelope import encode, subject_of
from shared.events.lending import (
    ApplicationRefused,
    ApplicationWithdrawn,
    DefaultConfirmed,
    DefaultLifted,
    LoanClosed,
    LoanDisbursed,
    LoanFigures,
    LoanRestated,
    PursuitStepRecorded,
    RecoveryRecorded,
    RecoveryReversed,
    RepaymentRecorded,
)
from shared.events.received import Received
from shared.ids import new_id
from shared.money import ZERO

LENT_ON = date(2017, 3, 1)
MATURES_ON = date(2018, 3, 1)
DEFAULTED_ON = date(2018, 6, 4)
RESTATED_ON = date(2018, 7, 2)
_sequence = count(1)


@dataclass
class Loan:
    """A loan as lending sees it."""

    principal: Decimal
    village_code: str
    bank_code: str = "cqrcb"
    mode: str = "direct"
    loan_id: UUID = field(default_factory=new_id)
    application_id: UUID = field(default_factory=new_id)
    household_id: UUID = field(default_factory=new_id)
    report_id: UUID = field(default_factory=new_id)
    outstanding: Decimal = ZERO
    version: int = 0


class Lending:
    """Lending, as far as the loans of one county go; every method returns one loan or one event."""

    code: str  # of the county

    @property
    def village(self) -> str:
        """Return a village of the county."""
        return f"{self.code}001201"

    def message(self, event: Event, aggregate_id: UUID, version: int, region: str | None = None) -> Received[Event]:
        """Return an event as it stands in the stream, with its whole envelope."""
        kind, event_id, now = event.event_type, new_id(), datetime.now(UTC)
        region = region or self.village
        body = encode(
            kind,
            event_id=event_id,
            aggregate_id=aggregate_id,
            aggregate_version=version,
            region_code=region,
            occurred_at=now,
            traceparent=None,
            data=event.model_dump_json(),
        )
        subject = subject_of(kind, region)
        return Received(event, event_id, aggregate_id, version, region, now, None, next(_sequence), subject, body)

    def loan(self, principal: str = "50000.00", **values: Any) -> Loan:
        """Return a loan that is not yet paid out."""
        return Loan(Decimal(principal), values.pop("village_code", self.village), **values)

    def disbursed(self, loan: Loan) -> Received[Event]:
        """Return the event that the loan was paid out."""
        loan.outstanding, loan.version = loan.principal, 1
        event = LoanDisbursed(
            loan_id=loan.loan_id,
            application_id=loan.application_id,
            household_id=loan.household_id,
            contract_number=f"HT-{loan.loan_id}",
            bank_code=loan.bank_code,
            village_code=loan.village_code,
            principal=loan.principal,
            annual_rate=Decimal("4.35"),
            day_count="ACT/360",
            repayment_method="interest_only",
            term_months=12,
            disbursed_on=LENT_ON,
            matures_on=MATURES_ON,
            industry="planting",
            loan_round=1,
            pack_version=1,
            mode=loan.mode,
        )
        return self.message(event, loan.loan_id, 1, loan.village_code)

    def repaid(
        self, loan: Loan, principal: str, interest: str = "0.00", penalty: str = "0.00", surcharge: str | None = None
    ) -> Received[Event]:
        """Return the event that money came back; the surcharge is of the penalty."""
        part = Decimal(principal)
        loan.outstanding -= part
        loan.version += 1
        event = RepaymentRecorded(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            repayment_id=new_id(),
            bank_reference=f"R-{next(_sequence)}",
            kind="repayment",
            paid_on=date(2017, 12, 18),
            amount=part + Decimal(interest) + Decimal(penalty),
            penalty=Decimal(penalty),
            surcharge=None if surcharge is None else Decimal(surcharge),
            interest=Decimal(interest),
            principal=part,
            interest_parts=[],
            principal_outstanding=loan.outstanding,
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def closed(self, loan: Loan) -> Received[Event]:
        """Return the event that nothing is owed any more."""
        loan.version += 1
        event = LoanClosed(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            village_code=loan.village_code,
            principal=loan.principal,
            closed_on=date(2018, 3, 1),
            repaid_on_time=True,
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def defaulted(
        self, loan: Loan, cause: str = "business_failure", interest: str = "1000.01", surcharge: str | None = None
    ) -> Received[Event]:
        """Return the event that the loan is in default."""
        loan.version += 1
        event = DefaultConfirmed(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            village_code=loan.village_code,
            bank_code=loan.bank_code,
            default_report_id=loan.report_id,
            cause=cause,
            malicious=cause == "malicious",
            confirmed_on=DEFAULTED_ON,
            overdue_from=date(2018, 3, 2),
            matures_on=MATURES_ON,
            days_past_due=94,
            principal_outstanding=loan.outstanding,
            interest_overdue=Decimal(interest),
            penalty_overdue=Decimal("88.00"),
            surcharge_overdue=None if surcharge is None else Decimal(surcharge),
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def pursued(
        self,
        loan: Loan,
        on: str = "2018-03-05",
        debtor: str = "entity",
        step_id: UUID | None = None,
        kind: str = "demand",
        **more: Any,
    ) -> Received[Event]:
        """Return the event of one step of pursuit; `withdrawn_on` makes it that of the step's withdrawal."""
        event = PursuitStepRecorded(
            pursuit_step_id=step_id or new_id(),
            loan_id=loan.loan_id,
            village_code=loan.village_code,
            bank_code=loan.bank_code,
            debtor=debtor,
            kind=kind,
            happened_on=date.fromisoformat(on),
            **more,
        )
        version = 2 if event.withdrawn_on else 1
        return self.message(event, event.pursuit_step_id, version, loan.village_code)

    def restated(
        self,
        loan: Loan,
        state: str,
        outstanding: str,
        interest: str = "0.00",
        on: date = RESTATED_ON,
        remitted: Mapping[str, str] | None = None,
    ) -> Received[Event]:
        """Return the event that the loan stands otherwise than was published; `remitted`: figures by their names."""
        loan.version += 1
        before = LoanFigures(
            state="active",
            principal_outstanding=loan.outstanding,
            interest_paid=ZERO,
            penalty_paid=ZERO,
            held=ZERO,
            overdue_from=None,
            closed_on=None,
            repaid_on_time=True,
        )
        loan.outstanding = Decimal(outstanding)
        now = {
            "state": state,
            "principal_outstanding": loan.outstanding,
            "interest_paid": Decimal(interest),
            "closed_on": on if state == "closed" else None,
            **{name: Decimal(amount) for name, amount in (remitted or {}).items()},
        }
        event = LoanRestated(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            village_code=loan.village_code,
            bank_code=loan.bank_code,
            cause="reversal",
            restated_on=on,
            before=before,
            after=before.model_copy(update=now),
            repayments=[],
            reversed_repayments=[],
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def lifted(
        self, loan: Loan, cause: Literal["cured", "withdrawn", "reopened"] = "withdrawn", on: date = RESTATED_ON
    ) -> Received[Event]:
        """Return the event that the loan's default stands no more."""
        loan.version += 1
        event = DefaultLifted(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            village_code=loan.village_code,
            bank_code=loan.bank_code,
            default_report_id=loan.report_id,
            lifted_on=on,
            cause=cause,
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def recovered(self, loan: Loan, claim_id: str, amount: str, on: date = date(2018, 9, 3)) -> Received[Event]:
        """Return the event that the bank collected something on a compensated loan."""
        loan.version += 1
        event = RecoveryRecorded(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            claim_id=UUID(claim_id),
            recovery_id=new_id(),
            bank_reference=f"RC-{next(_sequence)}",
            recovered_on=on,
            amount=Decimal(amount),
            principal=Decimal(amount),
            interest=ZERO,
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def recovery_reversed(
        self, loan: Loan, recovery: Received[Event], on: date = date(2018, 9, 20), *, reopened: bool = False
    ) -> Received[Event]:
        """Return the event that the bank took a recovery back; what others pay is as it was."""
        loan.version += 1
        was: Any = recovery.event
        event = RecoveryReversed(
            loan_id=loan.loan_id,
            household_id=loan.household_id,
            village_code=loan.village_code,
            bank_code=loan.bank_code,
            claim_id=was.claim_id,
            recovery_id=was.recovery_id,
            amount=was.amount,
            principal=was.principal,
            interest=was.interest,
            recovered_on=was.recovered_on,
            cause="wrong_loan",
            reversed_on=on,
            counted=[],
            reopened=reopened,
            overdue_from=date(2018, 3, 2),
        )
        return self.message(event, loan.loan_id, loan.version, loan.village_code)

    def withdrawn(self, application_id: UUID, version: int = 1) -> Received[Event]:
        """Return the event that an application was withdrawn."""
        event = ApplicationWithdrawn(
            application_id=application_id,
            household_id=new_id(),
            village_code=self.village,
            withdrawn_on=date(2017, 3, 8),
            reason="自愿撤回",
        )
        return self.message(event, application_id, version)

    def refused(self, application_id: UUID, version: int = 1) -> Received[Event]:
        """Return the event that an application was refused."""
        event = ApplicationRefused(
            application_id=application_id,
            household_id=new_id(),
            village_code=self.village,
            amount=Decimal("50000.00"),
            refused_on=date(2017, 3, 8),
            stage="bank",
            reasons=["bank-refused"],
        )
        return self.message(event, application_id, version)
