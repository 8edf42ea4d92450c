"""One household's loan as lending publishes it, event by event, also anew after a correction."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.registry.tests.county import VILLAGE
from shared.events.base import Event
from shared.events.lending import (
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanFigures,
    LoanOverdue,
    LoanRestated,
    RecoveryRecorded,
    RecoveryReversed,
    RepaymentRecorded,
    RestatedRepayment,
)
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

NOTHING = Decimal("0.00")
PRINCIPAL = Decimal("30000.00")
LATE_SINCE = date(2018, 3, 21)
REPAID_ON = date(2018, 3, 20)
CORRECTED_ON = date(2018, 9, 10)
NEVER_LATE = LoanFigures(
    state="active",
    principal_outstanding=PRINCIPAL,
    interest_paid=NOTHING,
    penalty_paid=NOTHING,
    held=NOTHING,
    overdue_from=None,
    closed_on=None,
    repaid_on_time=True,
)
LATE = NEVER_LATE.model_copy(update={"overdue_from": LATE_SINCE, "repaid_on_time": False})
PAID_UP_LATE = NEVER_LATE.model_copy(update={"repaid_on_time": False})
CLOSED = NEVER_LATE.model_copy(update={"state": "closed", "principal_outstanding": NOTHING, "closed_on": REPAID_ON})
CLOSED_LATE = CLOSED.model_copy(update={"repaid_on_time": False})
DEFAULTED = LATE.model_copy(update={"state": "defaulted"})


@dataclass
class PublishedLoan:
    """A loan of 30 000 due on 2018-03-20; each method returns an event about it."""

    household: str
    loan_id: UUID = field(default_factory=new_id)
    report_id: UUID = field(default_factory=new_id)

    @property
    def _who(self) -> dict[str, UUID | str]:
        return {"loan_id": self.loan_id, "household_id": UUID(self.household)}

    def disbursed(self) -> Event:
        """Return the first event of the loan."""
        return LoanDisbursed.model_validate(
            {
                **self._who,
                "application_id": new_id(),
                "contract_number": "C1",
                "bank_code": "RCB",
                "village_code": VILLAGE,
                "principal": PRINCIPAL,
                "annual_rate": Decimal("4.35"),
                "day_count": "ACT/360",
                "repayment_method": "interest_only",
                "term_months": 12,
                "disbursed_on": date(2017, 3, 20),
                "matures_on": REPAID_ON,
                "industry": "planting",
                "loan_round": 1,
                "pack_version": 1,
            }
        )

    def repaid(self, principal: Decimal, paid_on: date = REPAID_ON, repayment_id: UUID | None = None) -> Event:
        """Return that principal came back."""
        return RepaymentRecorded.model_validate(
            {
                **self._who,
                "repayment_id": repayment_id or new_id(),
                "bank_reference": f"R-{new_id()}",
                "kind": "repayment",
                "paid_on": paid_on,
                "amount": principal,
                "penalty": NOTHING,
                "interest": NOTHING,
                "principal": principal,
                "interest_parts": [],
                "principal_outstanding": PRINCIPAL - principal,
            }
        )

    def overdue(self) -> Event:
        """Return that the loan was found overdue since 2018-03-21."""
        late = {"overdue_from": LATE_SINCE, "noticed_on": LATE_SINCE, "amount_overdue": PRINCIPAL}
        return LoanOverdue.model_validate({**self._who, "village_code": VILLAGE, **late})

    def closed(self, *, on_time: bool = True, on: date = REPAID_ON) -> Event:
        """Return that nothing is owed any more."""
        figures = {"principal": PRINCIPAL, "closed_on": on, "repaid_on_time": on_time, "bank_code": "RCB"}
        return LoanClosed.model_validate({**self._who, "village_code": VILLAGE, **figures})

    def defaulted(self, *, malicious: bool = True) -> Event:
        """Return that the default was confirmed on 2018-07-01."""
        return DefaultConfirmed.model_validate(
            {
                **self._who,
                "village_code": VILLAGE,
                "bank_code": "RCB",
                "default_report_id": self.report_id,
                "cause": "malicious" if malicious else "illness",
                "malicious": malicious,
                "confirmed_on": date(2018, 7, 1),
                "overdue_from": LATE_SINCE,
                "matures_on": REPAID_ON,
                "days_past_due": 102,
                "principal_outstanding": PRINCIPAL,
                "interest_overdue": NOTHING,
                "penalty_overdue": NOTHING,
            }
        )

    def lifted(self, cause: Literal["cured", "withdrawn", "reopened"], on: date = CORRECTED_ON) -> Event:
        """Return that the default stands no more."""
        return DefaultLifted.model_validate(
            {
                **self._who,
                "village_code": VILLAGE,
                "bank_code": "RCB",
                "default_report_id": self.report_id,
                "lifted_on": on,
                "cause": cause,
            }
        )

    def reversed(self) -> Event:
        """Return that its disbursement was taken back."""
        return DisbursementReversed.model_validate(
            {
                **self._who,
                "application_id": new_id(),
                "village_code": VILLAGE,
                "bank_code": "RCB",
                "principal": PRINCIPAL,
                "disbursed_on": date(2017, 3, 20),
                "cause": "wrong_borrower",
                "reversed_on": CORRECTED_ON,
            }
        )

    def recovered(self, principal: Decimal, recovery_id: UUID, on: date = REPAID_ON) -> Event:
        """Return that principal was collected after the loss had been compensated."""
        return RecoveryRecorded.model_validate(
            {
                **self._who,
                "claim_id": self.report_id,
                "recovery_id": recovery_id,
                "bank_reference": f"V-{new_id()}",
                "recovered_on": on,
                "amount": principal,
                "principal": principal,
                "interest": NOTHING,
            }
        )

    def recovery_reversed(self, recovery_id: UUID, principal: Decimal, **counted: Decimal) -> Event:
        """Return that a recovery that had closed the loan was taken back; `counted`: what others pay now, by id."""
        return RecoveryReversed.model_validate(
            {
                **self._who,
                "village_code": VILLAGE,
                "bank_code": "RCB",
                "claim_id": self.report_id,
                "recovery_id": recovery_id,
                "amount": principal,
                "principal": principal,
                "interest": NOTHING,
                "recovered_on": REPAID_ON,
                "cause": "wrong_loan",
                "reversed_on": CORRECTED_ON,
                "counted": [
                    {"recovery_id": UUID(each), "recovered_on": REPAID_ON, "principal": pays, "interest": NOTHING}
                    for each, pays in counted.items()
                ],
                "reopened": True,
                "overdue_from": LATE_SINCE,
            }
        )

    def restated(
        self,
        before: LoanFigures,
        after: LoanFigures,
        repayments: tuple[RestatedRepayment, ...] = (),
        reversed_ids: tuple[UUID, ...] = (),
        on: date = CORRECTED_ON,
    ) -> Event:
        """Return that the loan stands otherwise than was published."""
        return LoanRestated.model_validate(
            {
                **self._who,
                "village_code": VILLAGE,
                "bank_code": "RCB",
                "cause": "reversal",
                "restated_on": on,
                "before": before,
                "after": after,
                "repayments": list(repayments),
                "reversed_repayments": list(reversed_ids),
            }
        )


def counts(repayment_id: UUID, principal: Decimal, paid_on: date = REPAID_ON) -> RestatedRepayment:
    """Return a repayment that counts, as a restatement names it."""
    return RestatedRepayment(
        repayment_id=repayment_id,
        bank_reference="R",
        kind="repayment",
        paid_on=paid_on,
        amount=PRINCIPAL,
        penalty=NOTHING,
        interest=NOTHING,
        principal=principal,
        held=PRINCIPAL - principal,
        refunded=NOTHING,
        interest_parts=[],
    )


async def publish(registry: ServiceUnderTest, loan: PublishedLoan, *events: Event) -> None:
    """Let the loan's next events arrive, in order."""
    for event in events:
        await registry.deliver(event, aggregate_id=loan.loan_id)
