"""Why a default, its confirmation or a recovery is refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese, value_words


class ReportUnknown(NotFound):
    """No such report in the officer's regions."""

    code = "default-report-unknown"
    title = "违约报告不存在 Default report unknown"

    def __init__(self, report_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有违约报告 {report_id}，请核对编号。",
            en=f"No default report {report_id} is known in your regions; check its id.",
        )


class LoanNotActive(Refused):
    """The loan is closed, or its default is confirmed already."""

    code = "loan-not-active"
    title = "贷款不在还款期 Loan not active"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该贷款当前为“{in_chinese(state, 'LoanState')}”，只有正常还款中的贷款才能认定违约，请核对编号。",
            en=f"The loan is {state}; only an active loan can go into default.",
            state=state,
        )


class NothingOverdue(Refused):
    """Everything that fell due was paid."""

    code = "nothing-overdue"
    title = "无逾期 Nothing overdue"

    def __init__(self, on: date) -> None:
        super().__init__(
            zh=f"该贷款在 {on} 没有逾期，不能认定违约，请核对日期。",
            en=f"Nothing is overdue on the loan on {on}, so it is not in default.",
            on=on.isoformat(),
        )


class NoEntityUsedMoney(Refused):
    """The household uses the loan itself, so entrusted use is no cause."""

    code = "no-entity-used-money"
    title = "该贷款非委托经营 No entity used the money"
    clause = "LG-20b"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款由农户自用，不得以“委托经营”为违约原因；请按实际原因报告。",
            en="The household uses the loan itself, so 'entrusted' is not why it is not repaid; report the real cause.",
        )


class PapersMissing(Refused):
    """The report lacks papers that its cause needs."""

    code = "default-papers-missing"
    title = "违约佐证材料不全 Papers missing"
    clause = "LG-22"

    def __init__(self, cause: str, missing: Sequence[Sequence[str]]) -> None:
        words = value_words()
        zh = "；".join("或".join(f"“{words[kind].zh}”" for kind in group) for group in missing)
        en = "; ".join(" or ".join(words[kind].en for kind in group) for group in missing)
        super().__init__(
            zh=f"违约原因为“{words[cause].zh}”的报告还须附：{zh}。请在 papers 中填写材料种类与编号后重新报告。",
            en=f"A report with the cause '{words[cause].en}' also needs: {en}. Name kind and number in `papers` and "
            "report again.",
            cause=cause,
            missing=[list(group) for group in missing],
        )


class DefaultTooEarly(Refused):
    """The waiting time has not passed."""

    code = "default-too-early"
    title = "未达到违约认定期限 Too early for default"
    clause = "LG-21a"

    def __init__(self, on: date, first_on: date, past_due: int) -> None:
        super().__init__(
            zh=f"该贷款至 {on} 逾期 {past_due} 天，此类原因自 {first_on} 起方可报告违约，请届时报告。",
            en=f"On {on} the loan is {past_due} days past due; a default of this cause can be reported from "
            f"{first_on}.",
            first_on=first_on.isoformat(),
            days_past_due=past_due,
        )


class AlreadyReported(Refused):
    """The bank has reported this default."""

    code = "already-reported"
    title = "已报告 Already reported"

    def __init__(self, report_id: UUID) -> None:
        super().__init__(
            zh=f"该违约已由报告 {report_id} 报告，由县服务中心认定该报告，无需重复报告。",
            en=f"This default is already reported under {report_id}; the service centre confirms that report.",
            report_id=str(report_id),
        )


class AlreadyConfirmed(Refused):
    """The report is confirmed."""

    code = "already-confirmed"
    title = "已认定 Already confirmed"

    def __init__(self, confirmed_on: date) -> None:
        super().__init__(
            zh=f"该违约已于 {confirmed_on} 认定，无需再办理。",
            en=f"The default was confirmed on {confirmed_on}; nothing more is to be done.",
        )


class ReportWithdrawn(Refused):
    """The report is withdrawn: it never stood."""

    code = "report-withdrawn"
    title = "违约报告已撤销 Report withdrawn"

    def __init__(self, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"该违约报告已于 {withdrawn_on} 撤销，不能再办理；如贷款仍然逾期，请由银行重新报告。",
            en=f"The report was withdrawn on {withdrawn_on}; if the loan is still overdue, the bank reports it anew.",
            withdrawn_on=withdrawn_on.isoformat(),
        )


class LaterDefaultConfirmed(Refused):
    """The loan was in default again later; what others know of it is that one."""

    code = "later-default-confirmed"
    title = "该贷款此后再次违约 Later default confirmed"

    def __init__(self, report_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款此后又认定了违约（报告 {report_id}），只能撤销最近一次；如其也有误，请先撤销该次。",
            en=f"A later default of the loan was confirmed ({report_id}) and only the newest is withdrawn; if that one "
            "is wrong as well, withdraw it first.",
            report_id=str(report_id),
        )


class DefaultWithdrawalUnknown(NotFound):
    """No such withdrawal in the officer's scope."""

    code = "default-withdrawal-unknown"
    title = "撤销申请不存在 Default withdrawal unknown"

    def __init__(self, withdrawal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有违约撤销申请 {withdrawal_id}，请在违约撤销清单中查找。",
            en=f"No withdrawal {withdrawal_id} of a default is known in your regions; look it up in their list.",
            withdrawal_id=str(withdrawal_id),
        )


class DefaultWithdrawalOnFile(Refused):
    """Somebody has proposed that the default be withdrawn."""

    code = "default-withdrawal-on-file"
    title = "已有撤销申请 Default withdrawal on file"

    def __init__(self, withdrawal_id: UUID) -> None:
        super().__init__(
            zh=f"该违约报告已有待决定的撤销申请 {withdrawal_id}，请先办结。",
            en=f"A withdrawal of this report waits for its decision ({withdrawal_id}); decide that one first.",
            withdrawal_id=str(withdrawal_id),
        )


class LoanNotCompensated(Refused):
    """Recoveries belong to loans whose loss was compensated."""

    code = "loan-not-compensated"
    title = "贷款未代偿 Loan not compensated"
    clause = "LG-40"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该贷款当前为“{in_chinese(state, 'LoanState')}”；代偿支付后收回的款项登记为追偿款，"
            "违约前收回的登记为还款。",
            en=f"The loan is {state}; recoveries are recorded once the compensation is paid, repayments before "
            "default.",
            state=state,
        )


class NothingLeftToRecover(Refused):
    """Everything that was compensated came back; what comes now belongs to who paid it."""

    code = "nothing-left-to-recover"
    title = "追偿已完成 Nothing left to recover"
    clause = "LG-40"

    def __init__(self, closed_on: date) -> None:
        super().__init__(
            zh=f"该贷款的代偿款已于 {closed_on} 全部收回，贷款已结清；请将此款退还付款人，并核对是否应登记到其他贷款。",
            en=f"All that was compensated came back by {closed_on} and the loan is closed; return the money to who "
            "paid it, and check whether it belongs to another loan.",
            closed_on=closed_on.isoformat(),
        )


class AboveWhatIsOwed(Refused):
    """More than is left of the compensated claim."""

    code = "above-what-is-owed"
    title = "超过待追偿金额 Above what is owed"

    def __init__(self, amount: Decimal, owed: Decimal) -> None:
        super().__init__(
            zh=f"待追偿金额为 {owed} 元，所报 {amount} 元超出，请将多余部分退还农户。",
            en=f"{owed} is still owed, {amount} is more; return the rest to the household.",
            amount=str(amount),
            owed=str(owed),
        )


class LoanRecoveryUnknown(NotFound):
    """No such recovery of the officer's bank."""

    code = "loan-recovery-unknown"
    title = "追偿款不存在 Recovery unknown"

    def __init__(self, recovery_id: UUID) -> None:
        super().__init__(
            zh=f"贵行在您的辖区内没有追偿款 {recovery_id}，请在该贷款的追偿明细中查找。",
            en=f"Your bank has no recovery {recovery_id} in your regions; look it up among the loan's recoveries.",
            recovery_id=str(recovery_id),
        )


class RecoveryReversalOnFile(Refused):
    """The recovery is taken back, or somebody has proposed that it be."""

    code = "recovery-reversal-on-file"
    title = "已有追偿冲正 Recovery reversal on file"

    def __init__(self, reversal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该笔追偿款已有“{in_chinese(state, 'CorrectionState')}”的冲正 {reversal_id}，请对其办理，不必另提。",
            en=f"The recovery has a reversal that is {state} ({reversal_id}); act on that one.",
            recovery_reversal_id=str(reversal_id),
            state=state,
        )


class RecoveryReversalUnknown(NotFound):
    """No such reversal in the officer's scope."""

    code = "recovery-reversal-unknown"
    title = "追偿冲正不存在 Recovery reversal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有追偿冲正 {reversal_id}，请在追偿冲正清单中查找。",
            en=f"No reversal {reversal_id} of a recovery is known in your regions; look it up in their list.",
            recovery_reversal_id=str(reversal_id),
        )
