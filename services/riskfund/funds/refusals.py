"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound, Refused


class FundUnknown(NotFound):
    """No such fund in the caller's regions."""

    code = "fund-unknown"

    def __init__(self, fund_id: UUID) -> None:
        super().__init__(f"No fund {fund_id} in your regions; GET /api/v1/funds lists those you see.")


class FundNotOpen(Refused):
    """The county has no fund yet."""

    code = "fund-not-open"
    title = "尚未设立风险补偿金 No fund opened"
    clause = "FJ-13"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            f"County {county_code} has no risk-compensation fund; the finance bureau opens it with POST /api/v1/funds.",
            county_code=county_code,
        )


class BankReferenceUsed(Refused):
    """The bank's reference stands for another transfer already."""

    code = "bank-reference-used"
    title = "银行流水号已登记 Bank reference already used"

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"Bank reference {reference} is booked in this fund already; a transfer is booked once. "
            "Check the statement and send the reference of the other transfer.",
            bank_reference=reference,
        )


class FundExists(Refused):
    """A county has one fund."""

    code = "fund-exists"
    title = "该县已设立风险补偿金 Fund already open"
    clause = "LG-37"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            f"County {county_code} has a fund already; a county has one special account. Pay money into that one.",
            county_code=county_code,
        )
