"""Why this room refuses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class ProgrammeUnknown(NotFound):
    """No such programme in the caller's regions."""

    code = "programme-unknown"
    title = "贴息项目不存在 Programme unknown"

    def __init__(self, programme_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有贴息项目 {programme_id}，请在项目列表中查找。",
            en=f"There is no programme {programme_id} in your region; list the programmes to find it.",
        )


class ProgrammeExists(Refused):
    """The county has a programme of that name in that year."""

    code = "programme-exists"
    title = "贴息项目已存在 Programme exists"

    def __init__(self, county_code: str, year: int, name: str) -> None:
        super().__init__(
            zh=f"{county_code} 县 {year} 年已有贴息项目“{name}”；请为该项目追加资金，或另取名称。",
            en=f"County {county_code} has a programme '{name}' in {year} already; "
            "add money to it with a supplement, or choose another name.",
            county_code=county_code,
            year=year,
            name=name,
        )


class BudgetExceeded(Refused):
    """The programme cannot promise that much."""

    code = "subsidy-budget-exceeded"
    title = "超出贴息预算 Budget exceeded"
    clause = "DZ-2"

    def __init__(self, amount: Decimal, available: Decimal) -> None:
        super().__init__(
            zh=f"该批次需 {amount} 元，项目余额 {available} 元，尚缺 {amount - available} 元；请追加项目资金后再批准。",
            en=f"The batch needs {amount} yuan, the programme has {available} left: {amount - available} are missing. "
            "Add money to the programme, then approve again.",
            amount=str(amount),
            available=str(available),
            missing=str(amount - available),
        )


class ProgrammeIncomplete(Refused):
    """Neither the request nor the county's document says what a programme needs."""

    code = "programme-incomplete"
    title = "项目资料不全 Programme incomplete"
    clause = "DZ-2"

    def __init__(self, lacking: Sequence[str]) -> None:
        names = ", ".join(lacking)
        super().__init__(
            zh=f"本县政策包没有该年度的贴息方案，请填写：{names}。",
            en=f"The county's pack plans no programme for that year; state {names}.",
            lacking=list(lacking),
        )


class BudgetAbovePlan(Refused):
    """The county's document gives less for the year."""

    code = "programme-budget-above-plan"
    title = "超出年度安排 Budget above the plan"
    clause = "JN-6"

    def __init__(self, year: int, budgets: Decimal, planned: Decimal) -> None:
        super().__init__(
            zh=f"{year} 年各项目预算合计 {budgets} 元，县级文件安排 {planned} 元，超出 {budgets - planned} 元；"
            "请压减预算，或先按新文件更新政策包。",
            en=f"The budgets of {year} come to {budgets} yuan, the county's document gives {planned}: "
            f"{budgets - planned} too much. Lower the budget, or bring the new document into the pack first.",
            year=year,
            budgets=str(budgets),
            planned=str(planned),
            above=str(budgets - planned),
        )


class SourcesDiffer(Refused):
    """The sources' amounts are not the budget."""

    code = "programme-sources-differ"
    title = "资金来源与预算不符 Sources differ from the budget"
    clause = "DZ-2"

    def __init__(self, total: Decimal, budget: Decimal) -> None:
        super().__init__(
            zh=f"各资金来源合计 {total} 元，预算 {budget} 元，请核对后重新提交。",
            en=f"The sources come to {total} yuan and the budget is {budget}; make them equal and send it again.",
            total=str(total),
            budget=str(budget),
        )


class ReturnedMoneyPromised(Refused):
    """The programme has promised what had come back."""

    code = "returned-money-promised"
    title = "收回资金已另行承诺 Returned money promised"

    def __init__(self, amount: Decimal, available: Decimal) -> None:
        super().__init__(
            zh=f"冲减收回资金 {amount} 元，项目余额只有 {available} 元，其余已另行承诺；请先为项目追加资金。",
            en=f"{amount} yuan of returned money are to be taken off and the programme has {available} left; the rest "
            "is promised. Add money to the programme first.",
            amount=str(amount),
            available=str(available),
        )


class ProgrammeClosed(Refused):
    """The programme's year is closed: nothing new is promised."""

    code = "programme-closed"
    title = "项目已结项 Programme closed"
    clause = "DZ-2"

    def __init__(self, programme_id: UUID, closed_on: date) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 已于 {closed_on} 结项，不再新增承诺；请使用下一年度项目，或经两人办理重新启用。",
            en=f"Programme {programme_id} was closed on {closed_on} and promises nothing new; use the next year's "
            "programme, or let two officers open it again.",
            programme_id=str(programme_id),
            closed_on=closed_on.isoformat(),
        )


class ProgrammeOpen(Refused):
    """The programme is not closed."""

    code = "programme-open"
    title = "项目尚未结项 Programme not closed"

    def __init__(self, programme_id: UUID) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 尚未结项；请先经两人办理结项。",
            en=f"Programme {programme_id} is not closed; let two officers close it first.",
            programme_id=str(programme_id),
        )


class ProgrammeRunsStill(Refused):
    """A programme is closed at its end."""

    code = "programme-runs-still"
    title = "项目尚在实施期 Programme runs still"
    clause = "DZ-2"

    def __init__(self, programme_id: UUID, ends_on: date) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 实施至 {ends_on}，请在该日或之后办理结项。",
            en=f"Programme {programme_id} runs until {ends_on}; close it on that day or later.",
            programme_id=str(programme_id),
            ends_on=ends_on.isoformat(),
        )


class CarryOverIntoOther(Refused):
    """What is left goes into a later year of the same county."""

    code = "carry-over-into-other"
    title = "结转对象不符 Not a later programme of the county"

    def __init__(self, year: int) -> None:
        super().__init__(
            zh=f"{year} 年度结余只能结转到本县以后年度的项目，请另选项目。",
            en=f"What is left of {year} goes into a programme of the same county and of a later year; choose another.",
            year=year,
        )


class CarryOverAboveAvailable(Refused):
    """The programme has less left, or nothing."""

    code = "carry-over-above-available"
    title = "结转金额超过结余 Carry-over above what is left"

    def __init__(self, amount: Decimal, available: Decimal) -> None:
        super().__init__(
            zh=f"结余 {available} 元，申请结转 {amount} 元；请在结余之内办理，已承诺的款项留待原项目支付。",
            en=f"{available} yuan are left and you carry {amount}; carry what is left at most, what is promised stays "
            "to be paid by its own programme.",
            amount=str(amount),
            available=str(available),
        )


class ClosingProposed(Refused):
    """Something of the programme waits for its second officer, or was done before."""

    code = "programme-closing-proposed"
    title = "已有待决定或已办理的事项 Proposed or done already"

    def __init__(self, programme_id: UUID) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 的结项、结转事项正待另一人决定，或该笔结转已经冲回；请先决定，再重新提出。",
            en=f"A closing or carry-over of programme {programme_id} waits for its second officer, or this carry-over "
            "was taken back already; decide on it first, then propose anew.",
            programme_id=str(programme_id),
        )


class ClosingUnknown(NotFound):
    """No such closing, or no carry-over that holds, in the caller's regions."""

    code = "programme-closing-unknown"
    title = "结项事项不存在 Closing unknown"

    def __init__(self, closing_id: UUID | None) -> None:
        super().__init__(
            zh=f"您的辖区内没有可办理的结项或结转事项 {closing_id}，请在项目的结项列表中查找。",
            en=f"There is no closing or carry-over {closing_id} for this in your region; list the closures.",
        )


class ClosingDecided(Refused):
    """Someone decided on it before."""

    code = "programme-closing-decided"
    title = "结项事项已处理 Closing decided"

    def __init__(self, closing_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"事项 {closing_id} 已是“{in_chinese(state, 'ProgrammeClosingOut.state')}”；如需更改请另行提出。",
            en=f"Closing {closing_id} is '{state}' already; propose a new one to change it.",
            state=state,
        )


class SupplementUnknown(NotFound):
    """No such adjustment in the caller's regions, or none that holds where one is taken back."""

    code = "programme-supplement-unknown"
    title = "预算调整不存在 Adjustment unknown"

    def __init__(self, supplement_id: UUID | None) -> None:
        super().__init__(
            zh=f"您的辖区内没有可办理的预算调整 {supplement_id}，请在项目的预算调整列表中查找。",
            en=f"There is no adjustment {supplement_id} for this in your region; list the supplements to find it.",
        )


class SupplementDecided(Refused):
    """It waits for nobody any more."""

    code = "programme-supplement-decided"
    title = "预算调整已处理 Adjustment decided"

    def __init__(self, supplement_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"预算调整 {supplement_id} 已是“{in_chinese(state, 'SupplementOut.state')}”；有误请提出反向调整。",
            en=f"Adjustment {supplement_id} is '{state}' already; take a wrong one back by one of the other sign.",
            state=state,
        )


class SupplementReversed(Refused):
    """It is taken back already, or that waits for its second officer."""

    code = "programme-supplement-reversed"
    title = "该笔调整已冲回 Adjustment reversed"

    def __init__(self, supplement_id: UUID | None) -> None:
        super().__init__(
            zh=f"预算调整 {supplement_id} 已冲回或正待冲回，一笔调整只冲回一次；请在预算调整列表中查看。",
            en=f"Adjustment {supplement_id} is taken back already, or that waits for its second officer; each is taken "
            "back once. Look at the programme's supplements.",
            supplement_id=str(supplement_id),
        )


class ReversalDiffers(Refused):
    """It is not the exact opposite of what it takes back."""

    code = "programme-reversal-differs"
    title = "冲回与原调整不符 Reversal differs"

    def __init__(self, kind: str, amount: Decimal) -> None:
        super().__init__(
            zh=f"冲回须与原调整来源、金额相同而方向相反：“{in_chinese(kind, 'SupplementIn.kind')}”{amount} 元；"
            "请更正。",
            en=f"What takes an adjustment back is its exact opposite: '{kind}' of {amount} yuan, of the same sources; "
            "correct it.",
            kind=kind,
            amount=str(amount),
        )


class BudgetBelowPromised(Refused):
    """The budget would fall below what is promised and paid."""

    code = "programme-budget-below-promised"
    title = "预算低于已承诺金额 Budget below what is promised"
    clause = "DZ-2"

    def __init__(self, amount: Decimal, available: Decimal) -> None:
        super().__init__(
            zh=f"调减 {amount} 元，项目余额只有 {available} 元，其余已承诺或已支付；请在余额之内调减。",
            en=f"The budget is to fall by {amount} yuan and {available} are left; the rest is promised or paid. Lower "
            "it by what is left at most.",
            amount=str(amount),
            available=str(available),
        )


class SourceBelowPromised(Refused):
    """A source would give less than projects were promised out of it."""

    code = "programme-source-below-promised"
    title = "来源低于已承诺金额 Source below what is promised"

    def __init__(self, fund_source: str, amount: Decimal, left: Decimal) -> None:
        super().__init__(
            zh=f"资金来源“{fund_source}”可调出 {left} 元，申请调出 {amount} 元；请减少金额，或从其他来源调出。",
            en=f"{left} yuan of '{fund_source}' are free and you take {amount}; take less, or of another source.",
            fund_source=fund_source,
            amount=str(amount),
            left=str(left),
        )


class SourcesNotSplit(Refused):
    """The budget is not split by source, so nothing moves between them."""

    code = "programme-sources-not-split"
    title = "预算未按来源划分 Budget not split by source"

    def __init__(self) -> None:
        super().__init__(
            zh="该项目预算未按资金来源划分，来源之间无法调剂；请以调增、调减分别办理。",
            en="This programme's budget is not split by source, so nothing can be moved between them; raise and "
            "lower it instead.",
        )


class BudgetDocumentMissing(Refused):
    """The county's document has the subsidy stand in a budget, and the programme names no document of it."""

    code = "programme-without-budget-document"
    title = "未列明预算文件 Budget document missing"
    clause = "XX-4(c)"

    def __init__(self, programme_id: UUID, document: str) -> None:
        super().__init__(
            zh=f"本县贴息须列入“{document}”，项目 {programme_id} 未登记预算文件；请先登记列入预算的文件，再编制批次。",
            en=f"In this county the subsidy stands in '{document}', and programme {programme_id} names no document of "
            "it; record the budget's document, then prepare the batch.",
            programme_id=str(programme_id),
            document=document,
        )


class ProgrammeUnconfirmed(Refused):
    """No second officer has confirmed the programme, or he refused it."""

    code = "programme-unconfirmed"
    title = "项目尚未确认 Programme not confirmed"
    clause = "DZ-2"

    def __init__(self, programme_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 为“{in_chinese(state, 'ProgrammeOut.state')}”，请由另一人确认，或另立项目。",
            en=f"Programme {programme_id} is '{state}'; let a second officer confirm it, or open another.",
            programme_id=str(programme_id),
            state=state,
        )


class ProgrammeDecided(Refused):
    """Someone decided on it before."""

    code = "programme-decided"
    title = "项目已处理 Programme decided"

    def __init__(self, programme_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"项目 {programme_id} 已是“{in_chinese(state, 'ProgrammeOut.state')}”；预算有误请办理预算调整。",
            en=f"Programme {programme_id} is '{state}' already; adjust its budget if that is wrong.",
            state=state,
        )


class BudgetDocumentUnknown(NotFound):
    """No such document in the caller's regions."""

    code = "budget-document-unknown"
    title = "预算文件不存在 Budget document unknown"

    def __init__(self, document_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有预算文件 {document_id}，请核对编号。",
            en=f"There is no document {document_id} of a budget in your region; check its id.",
        )


class BudgetDocumentDecided(Refused):
    """Someone decided on it before."""

    code = "budget-document-decided"
    title = "预算文件已处理 Budget document decided"

    def __init__(self, document_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"预算文件 {document_id} 已是“{in_chinese(state, 'BudgetDocumentOut.state')}”；有误请另行登记。",
            en=f"Document {document_id} is '{state}' already; name another one if it is wrong.",
            state=state,
        )
