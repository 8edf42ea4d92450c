"""Why a loan is not written off, or a write-off not withdrawn."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.policy.vocabulary import WriteOffGround
from shared.vocabulary.load import in_chinese


class WriteOffUnknown(NotFound):
    """No such write-off in the officer's scope."""

    code = "write-off-unknown"
    title = "核销不存在 Write-off unknown"

    def __init__(self, write_off_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有核销 {write_off_id}，请在核销清单中查找。",
            en=f"No write-off {write_off_id} is known in your regions; look it up in their list.",
            write_off_id=str(write_off_id),
        )


class WriteOffWithdrawalUnknown(NotFound):
    """No such withdrawal of a write-off in the officer's scope."""

    code = "write-off-withdrawal-unknown"
    title = "核销撤销不存在 Write-off withdrawal unknown"

    def __init__(self, withdrawal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有核销撤销 {withdrawal_id}，请在核销撤销清单中查找。",
            en=f"No withdrawal {withdrawal_id} of a write-off is known in your regions; look it up in their list.",
            withdrawal_id=str(withdrawal_id),
        )


class WriteOffOnFile(Refused):
    """Somebody has proposed that the loan be written off."""

    code = "write-off-on-file"
    title = "已有核销申请 Write-off on file"

    def __init__(self, write_off_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款已有待复核的核销 {write_off_id}，请先办结。",
            en=f"A write-off of the loan waits for its decision ({write_off_id}); decide that one first.",
            write_off_id=str(write_off_id),
        )


class WriteOffWithdrawalOnFile(Refused):
    """The write-off is withdrawn, or somebody has proposed that it be."""

    code = "write-off-withdrawal-on-file"
    title = "已有核销撤销 Write-off withdrawal on file"

    def __init__(self, withdrawal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该核销已有“{in_chinese(state, 'CorrectionState')}”的撤销 {withdrawal_id}，请对其办理，无需另行提出。",
            en=f"The write-off has a withdrawal that is {state} ({withdrawal_id}); act on that one.",
            withdrawal_id=str(withdrawal_id),
            state=state,
        )


class WriteOffNotInForce(Refused):
    """Only what was confirmed can be withdrawn by two persons."""

    code = "write-off-not-in-force"
    title = "核销未生效 Write-off not in force"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该核销{in_chinese(state, 'CorrectionState')}，未减记账面，无需撤销；"
            "待复核的请由提出人撤回或由他人驳回。",
            en=f"The write-off is {state} and took nothing from the books; one that waits is withdrawn by who proposed "
            "it or refused by another.",
            state=state,
        )


class NoGroundToWriteOff(Refused):
    """The loan has none of the grounds that the county allows."""

    code = "no-ground-to-write-off"
    title = "不符合核销条件 No ground to write off"

    def __init__(self, state: str, loan_class: str, allowed: Sequence[WriteOffGround]) -> None:
        grounds = "、".join(in_chinese(ground, "WriteOffGround") for ground in allowed)
        super().__init__(
            zh=f"该贷款为“{in_chinese(state, 'LoanState')}”、五级分类“{in_chinese(loan_class, 'LoanClass')}”，"
            f"而核销条件为：{grounds}；请继续清收，具备条件后再提出。",
            en=f"The loan is {state} and its class is {loan_class}; it may be written off once it is one of: "
            f"{', '.join(allowed)}. Keep collecting until then.",
            state=state,
            loan_class=loan_class,
            allowed=[str(ground) for ground in allowed],
        )


class MoreThanIsOwed(Refused):
    """A bank writes off no more than is owed to it."""

    code = "write-off-above-owed"
    title = "核销超过所欠 More than is owed"

    def __init__(self, amount: Decimal, owed: Decimal, on: date) -> None:
        super().__init__(
            zh=f"截至 {on} 该贷款尚欠 {owed} 元，拟核销 {amount} 元超出；请按所欠金额以内重新提出。",
            en=f"{owed} was owed on {on} and {amount} is more; propose a write-off of at most that.",
            amount=str(amount),
            owed=str(owed),
            on=on.isoformat(),
        )
