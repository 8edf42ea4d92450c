"""Why a disbursement is not taken back."""

from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class DisbursementReversalUnknown(NotFound):
    """No such proposal in the officer's scope."""

    code = "disbursement-reversal-unknown"
    title = "放款冲正不存在 Disbursement reversal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有放款冲正 {reversal_id}，请在放款冲正清单中查找。",
            en=f"No reversal {reversal_id} of a disbursement is known in your regions; look it up in their list.",
            disbursement_reversal_id=str(reversal_id),
        )


class DisbursementReversalOnFile(Refused):
    """The disbursement is taken back, or somebody has proposed that it be."""

    code = "disbursement-reversal-on-file"
    title = "已有放款冲正 Disbursement reversal on file"

    def __init__(self, reversal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该笔放款已有“{in_chinese(state, 'CorrectionState')}”的冲正 {reversal_id}，请对其办理，无需另行提出。",
            en=f"The disbursement has a reversal that is {state} ({reversal_id}); act on that one.",
            disbursement_reversal_id=str(reversal_id),
            state=state,
        )


class LoanHasPostings(Refused):
    """What rests on the disbursement is taken back first, each by its own decision."""

    code = "loan-has-postings"
    title = "贷款已有记账 Loan has postings"

    def __init__(
        self, repayments: int, default_reports: int, refund_missing: str, remissions: int, misuses: int
    ) -> None:
        super().__init__(
            zh=f"该贷款尚有未冲正的还款 {repayments} 笔、减免 {remissions} 笔、挪用认定 {misuses} 项、"
            f"未撤销的违约报告 {default_reports} 份、"
            f"已退款但未收回的款项 {refund_missing} 元；请先逐笔冲正、撤销或收回，再冲正放款、按正确内容重新放款，"
            "最后以更正凭证的流水号补记还款。",
            en=f"On the loan stand {repayments} repayment(s), {remissions} remission(s), {misuses} misuse(s), "
            f"{default_reports} default report(s), and {refund_missing} that was refunded and is not there any more; "
            "take these back first, then the disbursement; pay out anew as it should have been, and book the "
            "repayments again by their own slips.",
            repayments=repayments,
            default_reports=default_reports,
            refund_missing=refund_missing,
            remissions=remissions,
            misuses=misuses,
        )


class LegacyLoanStays(Refused):
    """A loan from before the platform has no disbursement here."""

    code = "legacy-loan-stays"
    title = "历史贷款无放款可冲正 Legacy loan"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款为平台启用前发放的历史贷款，放款不在本平台登记，不能冲正；如录入有误，请冲正还款并与县服务中心核对。",
            en="The loan was paid out before the platform and has no disbursement here to take back; if it was entered "
            "wrongly, correct its repayments and settle it with the service centre.",
        )


class AnotherApplicationUnderWay(Refused):
    """The household has filed again; only one application of a household is under way."""

    code = "another-application-under-way"
    title = "农户另有在办申请 Another application under way"

    def __init__(self, application_id: UUID) -> None:
        super().__init__(
            zh=f"放款冲正后原申请恢复为待放款，而该户另有在办申请 {application_id}；请先办结或撤回该申请。",
            en="Taken back, the disbursement leaves its application waiting at the bank, and the household has another "
            f"under way ({application_id}); have that one decided or withdrawn first.",
            application_id=str(application_id),
        )
