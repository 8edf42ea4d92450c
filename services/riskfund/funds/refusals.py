"""Why this room refuses."""

from collections.abc import Sequence
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

    def __init__(self, county_code: str, bank_code: str | None = None) -> None:
        zh, en = (f"银行 {bank_code} 的", f" for bank {bank_code}") if bank_code else ("", "")
        super().__init__(
            zh=f"{county_code} 县尚未设立{zh}风险补偿金专户，请由财政局先行设立。",
            en=f"County {county_code} has no account of the risk-compensation fund{en}; the finance bureau opens it "
            "with POST /api/v1/funds.",
            county_code=county_code,
        )


class LenderAccountNotNamed(Refused):
    """The county's pack gives the bank no account of its own."""

    code = "lender-account-not-named"
    title = "该银行未设单独专户 No account of its own"
    clause = "LG-37"

    def __init__(self, bank_code: str, named: Sequence[str]) -> None:
        others = "、".join(named) or "无"
        super().__init__(
            zh=f"本县政策未规定银行 {bank_code} 单独设立风险补偿金专户（有单独专户的银行：{others}）；请核对银行代码，"
            "或开立全县专户时不填 bank_code。",
            en=f"The county's policy gives bank {bank_code} no account of its own; it names "
            f"{', '.join(named) or 'none'}. Check the code, or leave bank_code out for the county's account.",
            bank_code=bank_code,
            named=list(named),
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
    """A county has one account, and one for each bank that its policy gives its own."""

    code = "fund-exists"
    title = "该县已设立风险补偿金 Fund already open"
    clause = "LG-37"

    def __init__(self, county_code: str, bank_code: str | None = None) -> None:
        zh, en = (f"银行 {bank_code} 的", f" for bank {bank_code}") if bank_code else ("", "")
        super().__init__(
            zh=f"{county_code} 县已设立{zh}风险补偿金专户，不再另设，请向该专户缴存。",
            en=f"County {county_code} has a special account{en} already and opens no second; pay money into that one.",
            county_code=county_code,
        )
