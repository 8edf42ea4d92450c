"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused


class ProgrammeUnknown(NotFound):
    """No such programme in the caller's regions."""

    code = "programme-unknown"
    title = "贴息项目不存在 Programme unknown"

    def __init__(self, programme_id: UUID) -> None:
        super().__init__(f"There is no programme {programme_id} in your region; list the programmes to find it.")


class ProgrammeExists(Refused):
    """The county has a programme of that name in that year."""

    code = "programme-exists"
    title = "贴息项目已存在 Programme exists"

    def __init__(self, county_code: str, year: int, name: str) -> None:
        super().__init__(
            f"County {county_code} has a programme '{name}' in {year} already; "
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
            f"The batch needs {amount} yuan, the programme has {available} left: {amount - available} are missing. "
            "Add money to the programme, then approve again.",
            amount=str(amount),
            available=str(available),
            missing=str(amount - available),
        )
