"""Why this room refuses."""

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
