"""Why a repayment is not recorded: one named refusal each, for a single repayment and for a line of a file alike."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.lending.accounts.refusals import LoanCancelled, PayerNoEntity
from services.lending.loans.refusals import BankReferenceConflict, LoanOfAnotherBank, LoanUnknown
from services.lending.repayments.file import FILE
from shared.csv_files.refusals import LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import NotFound, Refusal, Refused

Figures = Mapping[str, Any]


class LoanCompensated(Refused):
    """The loss was borne; what comes back is shared out among those who bore it."""

    code = "loan-compensated"
    title = "贷款已代偿 Loan compensated"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="该贷款已获代偿，收回的款项请登记为追偿款（POST /loans/{loan_id}/recoveries）。",
            en="The loan was compensated; record what comes back as a recovery (POST /loans/{loan_id}/recoveries).",
        )


BY_CODE: Mapping[str, Callable[[Figures], Refusal]] = {
    DateBeforeStep.code: date_before_step("paid_on", "disbursed_on"),
    DateInFuture.code: date_in_future("paid_on"),
    LineMalformed.code: FILE.malformed,
    **{
        refusal.code: refusal
        for refusal in (
            LoanUnknown,
            LoanOfAnotherBank,
            BankReferenceConflict,
            LoanCancelled,
            LoanCompensated,
            PayerNoEntity,
        )
    },
}


def refusal_of(code: str, figures: Figures) -> Refusal:
    """Return the named refusal with the line's values in its sentence."""
    return BY_CODE[code](figures)


class RepaymentFileUnknown(NotFound):
    """No such file of this bank."""

    code = "repayment-file-unknown"

    def __init__(self, file_id: UUID) -> None:
        super().__init__(
            zh=f"贵行没有还款文件 {file_id}，请核对编号。", en=f"Repayment file {file_id} is not known for your bank."
        )
