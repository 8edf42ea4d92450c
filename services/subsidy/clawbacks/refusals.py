"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class PaidLineUnknown(NotFound):
    """No such line in the caller's region."""

    code = "subsidy-line-unknown"
    title = "贴息明细不存在 Subsidy line unknown"

    def __init__(self, line_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有贴息明细 {line_id}，请在批次明细中查找。",
            en=f"There is no subsidy line {line_id} in your region; find it among the batch's lines.",
        )


class LineNotPaid(Refused):
    """Nothing was paid on the line, so nothing can come back."""

    code = "subsidy-line-not-paid"
    title = "该明细未发放 Line not paid"

    def __init__(self, line_id: UUID) -> None:
        super().__init__(
            zh=f"贴息明细 {line_id} 尚未发放，不能追回；批次未批准的请退回批次，已批准的请等发放后再办。",
            en=f"Nothing has been paid on line {line_id}; return its batch while it is not approved, or wait for "
            "payment.",
        )


class ClawbackAboveLine(Refused):
    """More is asked back than was paid."""

    code = "clawback-above-line"
    title = "追回金额超过已发金额 Claw-back above the line"

    def __init__(self, asked: Decimal, paid: Decimal) -> None:
        super().__init__(
            zh=f"该明细已发放且未在追回的为 {paid} 元，申请追回 {asked} 元；追回金额最多 {paid} 元，请更正。",
            en=f"The line paid {paid} yuan that nobody claws back yet, you ask {asked} back; ask for {paid} at most.",
            asked=str(asked),
            paid=str(paid),
        )


class LineClawedBack(Refused):
    """The line is being clawed back already."""

    code = "subsidy-line-clawed-back"
    title = "该明细已追回 Line clawed back already"

    def __init__(self, line_id: UUID) -> None:
        super().__init__(
            zh=f"贴息明细 {line_id} 已在追回中，请在追回列表中查看。",
            en=f"Line {line_id} is being clawed back already; look at the list of claw-backs.",
        )


class ClawbackUnknown(NotFound):
    """No such claw-back in the caller's region."""

    code = "clawback-unknown"
    title = "追回记录不存在 Claw-back unknown"

    def __init__(self, clawback_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有追回记录 {clawback_id}，请在追回列表中查找。",
            en=f"There is no claw-back {clawback_id} in your region; list the claw-backs to find it.",
        )


class ClawbackDecided(Refused):
    """Someone decided on it before."""

    code = "clawback-decided"
    title = "追回已处理 Claw-back decided"

    def __init__(self, clawback_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"追回记录 {clawback_id} 已处理，当前为“{in_chinese(state, 'list_clawbacks.state')}”；"
            "如需更改请另行提出。",
            en=f"Claw-back {clawback_id} is '{state}' already; propose a new one to change it.",
            state=state,
        )


class ClawbackNotOpen(Refused):
    """Nothing of it is to come back now."""

    code = "clawback-not-open"
    title = "该追回无应收款 Claw-back not open"

    def __init__(self, clawback_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"追回记录 {clawback_id} 当前为“{in_chinese(state, 'list_clawbacks.state')}”，没有待收回的金额。",
            en=f"Claw-back {clawback_id} is '{state}': nothing of it is to come back now.",
            state=state,
        )


class AboveClawback(Refused):
    """More is given up than is open."""

    code = "clawback-above-open"
    title = "超过待收回金额 Above what is open"

    def __init__(self, amount: Decimal, still_open: Decimal) -> None:
        super().__init__(
            zh=f"待收回 {still_open} 元，本次 {amount} 元，多出 {amount - still_open} 元；"
            f"请按 {still_open} 元以内重新提出。",
            en=f"{still_open} yuan are open and this is {amount}: {amount - still_open} too much. Propose "
            f"{still_open} at most.",
            amount=str(amount),
            open=str(still_open),
            above=str(amount - still_open),
        )


class AboveHeld(Refused):
    """More is refunded than came back beyond what is owed."""

    code = "clawback-above-held"
    title = "超过多收金额 Above what is held"

    def __init__(self, amount: Decimal, held: Decimal) -> None:
        super().__init__(
            zh=f"该追回多收 {held} 元，申请退还 {amount} 元；最多退还 {held} 元，多收为 0 时无须退还。",
            en=f"{held} yuan came back beyond what is owed and you refund {amount}; refund {held} at most, and nothing "
            "where nothing is held.",
            amount=str(amount),
            held=str(held),
        )


class RefundReference(Refused):
    """A transfer goes out with an approved refund, and with nothing else."""

    code = "clawback-refund-reference"
    title = "退款流水号有误 Reference of the refund"

    def __init__(self) -> None:
        super().__init__(
            zh="批准退款时须填写退款转账的银行流水号 bank_reference；其他决定不得填写，请更正。",
            en="Approving a refund needs the `bank_reference` of its transfer; no other decision has one.",
        )


class ReceiptRefunded(Refused):
    """Money of the receipt went back already."""

    code = "clawback-receipt-refunded"
    title = "该笔收款已退还 Receipt refunded"

    def __init__(self, refunded: Decimal) -> None:
        super().__init__(
            zh=f"该笔收款中 {refunded} 元已退还付款人；请先收回该款并登记，或先冲正退款，再冲正本笔收款。",
            en=f"{refunded} yuan of the receipt went back to who paid it; record what comes back of it, or reverse "
            "the refund, before the receipt is reversed.",
            refunded=str(refunded),
        )


class WriteOffStands(Refused):
    """Something was given up of the claw-back."""

    code = "clawback-write-off-stands"
    title = "核销尚未冲正 Write-off stands"

    def __init__(self, clawback_id: UUID, amount: Decimal) -> None:
        super().__init__(
            zh=f"追回记录 {clawback_id} 已核销 {amount} 元；请先冲正核销，再撤销追回。",
            en=f"{amount} yuan of claw-back {clawback_id} were given up; reverse that before it is withdrawn.",
            amount=str(amount),
        )


class InstalmentsDiffer(Refused):
    """The instalments do not make up what is open."""

    code = "clawback-instalments-differ"
    title = "分期合计不符 Instalments differ"

    def __init__(self, total: Decimal, still_open: Decimal) -> None:
        super().__init__(
            zh=f"各期合计 {total} 元，待收回 {still_open} 元；两者须相等，请按现余额重新提出分期计划。",
            en=f"The instalments make {total} yuan and {still_open} are open; propose a plan of what is open now.",
            total=str(total),
            open=str(still_open),
        )


class InstalmentsOutOfOrder(Refused):
    """The days of the instalments do not follow one another."""

    code = "clawback-instalments-out-of-order"
    title = "分期日期顺序有误 Instalments out of order"

    def __init__(self) -> None:
        super().__init__(
            zh="各期应退回日须逐期递增，且不早于提出之日；请更正日期。",
            en="The days of the instalments follow one another and the day of the proposal; put them in order.",
        )


class PlanProposed(Refused):
    """Another plan waits for its second officer."""

    code = "clawback-plan-proposed"
    title = "已有待定分期计划 Plan proposed already"

    def __init__(self, clawback_id: UUID) -> None:
        super().__init__(
            zh=f"追回记录 {clawback_id} 已有分期计划待决定，请先由另一人决定。",
            en=f"A plan of claw-back {clawback_id} waits for its decision; let the second officer decide it first.",
        )


class PlanUnknown(NotFound):
    """No such plan in the caller's region."""

    code = "clawback-plan-unknown"
    title = "分期计划不存在 Plan unknown"

    def __init__(self, plan_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有分期计划 {plan_id}，请在该追回的分期计划中查找。",
            en=f"There is no plan {plan_id} in your region; find it among the plans of the claw-back.",
        )


class PlanDecided(Refused):
    """Someone decided on it before."""

    code = "clawback-plan-decided"
    title = "分期计划已处理 Plan decided"

    def __init__(self, plan_id: UUID) -> None:
        super().__init__(
            zh=f"分期计划 {plan_id} 已处理，不能再决定；如需更改请另行提出。",
            en=f"Plan {plan_id} is decided already; propose another one to change it.",
        )


class ReceiptRecorded(Refused):
    """The bank's reference stands here already."""

    code = "clawback-receipt-recorded"
    title = "该流水号已登记 Receipt recorded"

    def __init__(self, bank_reference: str) -> None:
        super().__init__(
            zh=f"银行流水号 {bank_reference} 已登记过；若原登记有误，请先冲正，再用正确的流水号登记。",
            en=f"The bank's reference {bank_reference} is recorded already; if that was wrong, reverse it and record "
            "the right one.",
            bank_reference=bank_reference,
        )


class EntryProposed(Refused):
    """It waits for its second officer."""

    code = "clawback-entry-proposed"
    title = "已提出，待批准 Proposed already"

    def __init__(self) -> None:
        super().__init__(
            zh="同一事项已提出或已办理，请先由另一人决定，不要重复提出。",
            en="This is proposed or done already; let the second officer decide instead of proposing it again.",
        )


class EntryUnknown(NotFound):
    """No such receipt, write-off or reversal in the caller's region."""

    code = "clawback-entry-unknown"
    title = "收回记录不存在 Entry unknown"

    def __init__(self, entry_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有记录 {entry_id}，请在追回明细中查找。",
            en=f"There is no entry {entry_id} in your region; find it among the claw-back's entries.",
        )


class EntryDecided(Refused):
    """Someone decided on it before."""

    code = "clawback-entry-decided"
    title = "该记录已处理 Entry decided"

    def __init__(self, entry_id: UUID) -> None:
        super().__init__(
            zh=f"记录 {entry_id} 已处理，不能再决定；如有错误，请另行提出。",
            en=f"Entry {entry_id} is decided already; propose a new one to change it.",
        )


class GrantTakenBackStays(Refused):
    """No later batch would grant a direct grant again: what is open is given up, what came back is granted anew."""

    code = "clawback-of-grant-stays"
    title = "直接补助的追回不能撤回 A grant's claw-back is given up instead"

    def __init__(self) -> None:
        super().__init__(
            zh="直接补助的追回不能撤回；误追的，未收金额由两人核销（农户留用），已收回的金额重新列入该农户的补助名单发放。",
            en="The claw-back of a direct grant is not withdrawn; if it was wrong, let two give up what is open, which "
            "the household keeps, and grant anew what it paid back.",
        )
