"""What is shown of disbursements taken back."""

from typing import Final

from services.lending.cancellations.refusals import DisbursementReversalUnknown
from services.lending.cancellations.schemas import DisbursementReversalOut
from services.lending.proposals.queries import Proposals

CANCELLATIONS: Final = Proposals(
    "disbursement_reversal",
    DisbursementReversalOut,
    DisbursementReversalUnknown,
    "l.application_id, d.bank_reference, d.disbursed_on, d.amount, v.cause",
    "JOIN disbursement d ON d.loan_id = v.loan_id JOIN loan l ON l.id = v.loan_id",
)
