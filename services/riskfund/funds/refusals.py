"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound, Refused


class FundUnknown(NotFound):
    """No such fund in the caller's regions."""

    code = "fund-unknown"

    def __init__(self, fund_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有风险补偿金 {fund_id}，可在风险补偿金列表中查找。",
            en=f"No fund {fund_id} in your regions; GET /api/v1/funds lists those you see.",
        )


class FundNotOpen(Refused):
    """The county has no fund yet."""

    code = "fund-not-open"
    title = "尚未设立风险补偿金 No fund opened"
    clause = "FJ-13"

    def __init__(self, county_code: str) -> None:
        super().__init__(
            zh=f"{county_code} 县尚未设立风险补偿金，请由财政局先行设立。",
            en=f"County {county_code} has no risk-compensation fund; the finance bureau opens it with POST "
            "/api/v1/funds.",
            county_code=county_code,
        )


class BankReferenceUsed(Refused):
    """The bank's reference stands for another transfer already."""

    code = "bank-reference-used"
    title = "银行流水号已登记 Bank reference already used"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"银行流水号 {reference} 已在本补偿金登记，一笔转账只登记一次；请核对对账单，填报另一笔转账的流水号。",
            en=f"Bank reference {reference} is booked in this fund already; a transfer is booked once. "
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
            zh=f"{county_code} 县已设立风险补偿金，一县只设一个专户，请向该专户缴存。",
            en=f"County {county_code} has a fund already; a county has one special account. Pay money into that one.",
            county_code=county_code,
        )
