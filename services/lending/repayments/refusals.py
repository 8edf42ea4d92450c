"""Why a repayment is not recorded: one named refusal each, for a single repayment and for a line of a file alike."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.lending.loans.refusals import BankReferenceConflict, LoanOfAnotherBank, LoanUnknown
from services.lending.repayments.file import FILE
from shared.csv_files.refusals import LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import NotFound, Refusal, Refused
from shared.languages import Sentence
from shared.vocabulary.load import in_chinese

Figures = Mapping[str, Any]


class LoanAlreadyClosed(Refused):
    """Nothing is owed any more."""

    code = "loan-closed"
    title = "贷款已结清 Loan closed"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="该贷款已结清，不再有应还款项，请将款项退还农户。",
            en="The loan is closed and nothing is owed; return the money to the household.",
        )


class LoanInDefault(Refused):
    """The loan went another way."""

    code = "loan-in-default"
    title = "贷款已认定违约 Loan in default"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"该贷款当前为“{in_chinese(figures['state'], 'LoanState')}”，代偿支付后收回的款项请登记为追偿款。",
            en=f"The loan is {figures['state']}; record what comes back as a recovery once the compensation is paid.",
            state=str(figures["state"]),
        )


class PaidBeforeBooked(Refused):
    """Penalty or a prepayment is already booked up to a later day."""

    code = "paid-before-booked"
    title = "还款日早于已入账日 Paid before a booked day"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"罚息或提前还款已入账至 {figures['booked_until']}，{figures['paid_on']} 的还款会改变已入账金额；"
            f"还款日请填 {figures['booked_until']} 或之后。",
            en=f"Penalty interest or a prepayment is already booked up to {figures['booked_until']}, so a repayment "
            f"dated {figures['paid_on']} would change it; date it {figures['booked_until']} or later.",
        )


class AboveWhatIsDue(Refused):
    """More than is due; the rest would need another schedule."""

    code = "above-what-is-due"
    title = "超过应还金额 Above what is due"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"{figures['paid_on']} 应还 {figures['payable']} 元，所报 {figures['amount']} 元超出；"
            "请按应还金额报送，或以提前还款（prepayment）报送。",
            en=f"{figures['payable']} is due on {figures['paid_on']}, {figures['amount']} is more; pay what is due, "
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
        super().__init__(
            zh="合同适用的政策不允许提前还款，请按期归还到期款项。",
            en="The contract's policy does not allow early repayment; pay instalments as they fall due.",
        )


class NothingToPrepay(Refused):
    """The last instalment has fallen due."""

    code = "nothing-to-prepay"
    title = "无可提前归还的本金 Nothing to prepay"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"至 {figures['paid_on']} 各期均已到期，没有可提前归还的本金，请以还款（repayment）报送。",
            en=f"On {figures['paid_on']} every instalment has fallen due; send the money with kind 'repayment'.",
        )


class AboveSettlement(Refused):
    """More than closes the loan."""

    code = "above-settlement"
    title = "超过结清金额 Above the settlement figure"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"{figures['paid_on']} 结清该贷款需 {figures['payable']} 元，所报 {figures['amount']} 元超出，"
            "请按结清金额报送。",
            en=f"{figures['payable']} closes the loan on {figures['paid_on']}, {figures['amount']} is more; pay that "
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
            zh=f"至 {figures['paid_on']} 应还 {figures['arrears']} 元、应计利息 {figures['accrued']} 元，"
            f"所报 {figures['amount']} 元不足以提前归还本金；请增加金额，或以还款（repayment）报送。",
            en=f"{figures['arrears']} is due by {figures['paid_on']} and {figures['accrued']} of interest has "
            "accrued, so "
            f"{figures['amount']} repays no principal early; pay more, or send it with kind 'repayment'.",
        )


class PaidAhead(Refused):
    """An instalment that is not yet due is already partly paid."""

    code = "paid-ahead"
    title = "当期已预付 Instalment paid ahead"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"{figures['paid_on']} 之后到期的一期已归还一部分；请一次结清（需 {figures['payable']} 元），"
            "或待该期到期后再部分提前还款。",
            en=f"An instalment that falls due after {figures['paid_on']} is already paid in part; repay the whole "
            "loan, "
            f"which takes {figures['payable']}, or prepay a part after that instalment's date.",
        )


class PrepaymentImpossible(Refused):
    """The engine finds no schedule for what would remain."""

    code = "prepayment-impossible"
    title = "无法部分提前还款 Prepayment impossible"

    def __init__(self, figures: Figures) -> None:
        reason: Sentence = figures["reason"]
        super().__init__(zh=reason.zh, en=reason.en)


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
