"""Why a repayment is not recorded: one named refusal each, for a single repayment and for a line of a file alike."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.lending.loans.refusals import BankReferenceConflict
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import Invalid, NotAllowed, NotFound, Refusal, Refused

Figures = Mapping[str, Any]


class LoanUnknown(NotFound):
    """No such loan in the officer's regions."""

    code = "loan-unknown"
    title = "贷款不存在 Loan unknown"

    def __init__(self, figures: Figures) -> None:
        super().__init__("No such loan is known in your regions; check the contract number or the loan's id.")


class LoanOfAnotherBank(NotAllowed):
    """Only the lending bank records what comes back."""

    code = "loan-of-another-bank"
    title = "非本行贷款 Loan of another bank"

    def __init__(self, figures: Figures) -> None:
        super().__init__("Another bank granted this loan; only that bank records its repayments.")


class LoanAlreadyClosed(Refused):
    """Nothing is owed any more."""

    code = "loan-closed"
    title = "贷款已结清 Loan closed"

    def __init__(self, figures: Figures) -> None:
        super().__init__("The loan is closed and nothing is owed; return the money to the household.")


class LoanInDefault(Refused):
    """The loan went another way."""

    code = "loan-in-default"
    title = "贷款已认定违约 Loan in default"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"The loan is {figures['state']}; record what comes back as a recovery once the compensation is paid.",
            state=figures["state"],
        )


class PaidBeforeBooked(Refused):
    """Penalty or a prepayment is already booked up to a later day."""

    code = "paid-before-booked"
    title = "还款日早于已入账日 Paid before a booked day"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"Penalty interest or a prepayment is already booked up to {figures['booked_until']}, so a repayment "
            f"dated {figures['paid_on']} would change it; date it {figures['booked_until']} or later."
        )


class AboveWhatIsDue(Refused):
    """More than is due; the rest would need another schedule."""

    code = "above-what-is-due"
    title = "超过应还金额 Above what is due"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"{figures['payable']} is due on {figures['paid_on']}, {figures['amount']} is more; pay what is due, "
            f"or send it "
            "with kind 'prepayment' to repay early.",
            payable=str(figures["payable"]),
            amount=str(figures["amount"]),
        )


class PrepaymentNotAllowed(Refused):
    """The contract knows no early repayment."""

    code = "prepayment-not-allowed"
    title = "不允许提前还款 Prepayment not allowed"

    def __init__(self, figures: Figures) -> None:
        super().__init__("The contract's policy does not allow early repayment; pay instalments as they fall due.")


class NothingToPrepay(Refused):
    """The last instalment has fallen due."""

    code = "nothing-to-prepay"
    title = "无可提前归还的本金 Nothing to prepay"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"On {figures['paid_on']} every instalment has fallen due; send the money with kind 'repayment'."
        )


class AboveSettlement(Refused):
    """More than closes the loan."""

    code = "above-settlement"
    title = "超过结清金额 Above the settlement figure"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"{figures['payable']} closes the loan on {figures['paid_on']}, {figures['amount']} is more; pay that "
            f"figure.",
            payable=str(figures["payable"]),
            amount=str(figures["amount"]),
        )


class PrepaymentTooSmall(Refused):
    """It would repay no principal early."""

    code = "prepayment-too-small"
    title = "提前还款金额不足 Prepayment too small"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"{figures['arrears']} is due by {figures['paid_on']} and {figures['accrued']} of interest has accrued, so "
            f"{figures['amount']} repays no principal early; pay more, or send it with kind 'repayment'."
        )


class PaidAhead(Refused):
    """An instalment that is not yet due is already partly paid."""

    code = "paid-ahead"
    title = "当期已预付 Instalment paid ahead"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            f"An instalment that falls due after {figures['paid_on']} is already paid in part; repay the whole loan, "
            f"which takes {figures['payable']}, or prepay a part after that instalment's date."
        )


class PrepaymentImpossible(Refused):
    """The engine finds no schedule for what would remain."""

    code = "prepayment-impossible"
    title = "无法部分提前还款 Prepayment impossible"

    def __init__(self, figures: Figures) -> None:
        super().__init__(str(figures["reason"]))


class LineMalformed(Invalid):
    """A field of a file's line cannot be read."""

    code = "line-malformed"
    title = "文件行格式错误 Line malformed"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            "A field of the line cannot be read: bank_reference takes letters, digits and ._:/-; kind is repayment or "
            "prepayment; paid_on a date such as 2017-12-20; amount yuan such as 1980.00, above zero. "
            "Correct it and send the line again."
        )


BY_CODE: Mapping[str, Callable[[Figures], Refusal]] = {
    DateBeforeStep.code: date_before_step("paid_on", "disbursed_on"),
    DateInFuture.code: date_in_future("paid_on"),
    **{
        refusal.code: refusal
        for refusal in (
            LoanUnknown,
            LoanOfAnotherBank,
            BankReferenceConflict,
            LoanAlreadyClosed,
            LoanInDefault,
            PaidBeforeBooked,
            AboveWhatIsDue,
            PrepaymentNotAllowed,
            NothingToPrepay,
            AboveSettlement,
            PrepaymentTooSmall,
            PaidAhead,
            PrepaymentImpossible,
            LineMalformed,
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
        super().__init__(f"Repayment file {file_id} is not known for your bank.")
