"""Why this room refuses."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused


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
