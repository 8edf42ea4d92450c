"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused


class GuarantorAccountUnknown(NotFound):
    """No guarantor bears a part of such a claim in the caller's sight."""

    code = "guarantor-account-unknown"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的由担保机构分担的代偿申请 {claim_id}，请在担保往来列表中查找。",
            en=f"No claim {claim_id} with a guarantor's share that you may see; GET /api/v1/guarantor-accounts lists "
            "those you see.",
        )


class TransferOnFile(Refused):
    """The bank's reference stands for another transfer with a guarantor."""

    code = "guarantor-transfer-on-file"
    title = "该笔往来已登记 Transfer already on file"
    clause = "DZ-3"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"银行流水号 {reference} 已登记为一笔担保往来，一笔转账只登记一次；登记有误的，请由本行另一人撤回后"
            "重新登记。",
            en=f"Bank reference {reference} stands for a transfer with a guarantor already, and a transfer is recorded "
            "once; let another person of the bank withdraw it if it is wrong, then record it anew.",
            bank_reference=reference,
        )


class MoreThanOwedBack(Refused):
    """The guarantor is given no more than its part of recoveries and what it paid too much."""

    code = "more-than-owed-back"
    title = "超过应返担保机构金额 More than is owed to the guarantor"
    clause = "LG-40"

    def __init__(self, amount: Decimal, most: Decimal) -> None:
        super().__init__(
            zh=f"当日应返担保机构 {most} 元，所报 {amount} 元超出，请按不超过 {most} 元返还。",
            en=f"{most} yuan are owed to the guarantor on that day, not {amount}; give back at most {most}.",
            amount=str(amount),
            most=str(most),
        )


class TransferUnknown(NotFound):
    """No such transfer stands in the account."""

    code = "guarantor-transfer-unknown"

    def __init__(self, transfer_id: UUID) -> None:
        super().__init__(
            zh=f"该代偿申请没有未撤回的担保往来 {transfer_id}，请在担保往来明细中查找。",
            en=f"No transfer {transfer_id} stands in this claim's account; GET /api/v1/guarantor-accounts/{{claim_id}} "
            "lists its transfers.",
        )
