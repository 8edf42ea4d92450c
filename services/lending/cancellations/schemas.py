"""Bodies of disbursements taken back; amounts are yuan as decimal strings."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.lending.proposals.schemas import ProposalOut
from shared.money import Money
from shared.web.bodies import Body, HappenedOn, LongText

CancellationCause = Literal["wrong_day", "wrong_amount", "wrong_borrower", "returned", "doubled", "other"]


class DisbursementReversalIn(Body):
    """Why a disbursement is to be taken back (放款冲正)."""

    cause: CancellationCause
    reason: LongText
    proposed_on: HappenedOn


class DisbursementReversalOut(ProposalOut):
    """A disbursement taken back or proposed to be, with what the bank had confirmed of it."""

    application_id: UUID
    bank_reference: str
    disbursed_on: date
    amount: Money
    cause: CancellationCause
