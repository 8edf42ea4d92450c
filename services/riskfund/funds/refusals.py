"""Why this room refuses."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
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


class MovementUnknown(NotFound):
    """No such movement waits for a decision in the fund."""

    code = "fund-movement-unknown"

    def __init__(self, movement_id: UUID) -> None:
        super().__init__(
            zh=f"本补偿金没有待审定的收支 {movement_id}，请在收支列表中查找。",
            en=f"No movement {movement_id} of this fund waits for a decision; GET /api/v1/funds/{{fund_id}}/movements "
            "lists its movements.",
        )


class ContributionUnknown(NotFound):
    """No such contribution to the fund, or it was taken back before."""

    code = "contribution-unknown"

    def __init__(self, contribution_id: UUID) -> None:
        super().__init__(
            zh=f"本补偿金没有可冲减的注资 {contribution_id}：编号有误，或已冲减过。",
            en=f"The fund has no contribution {contribution_id} that could be taken back: the id is wrong, or it was "
            "taken back before.",
        )


class MoreThanMayLeave(Refused):
    """More would leave the account than its money, its cover or what the county paid in allows."""

    code = "more-than-may-leave"
    title = "超过可支出金额 More than may leave the account"
    clause = "LG-37"

    def __init__(self, amount: Decimal, most: Decimal, moved_on: date) -> None:
        super().__init__(
            zh=f"按 {moved_on} 的余额、在保贷款和县里已缴资金，至多可支出 {most} 元，所报 {amount} 元超出；"
            "利息和追回款归补偿金，不得取回。",
            en=f"By the balance on {moved_on}, the loans that it covers and what the county paid in, at most {most} "
            f"yuan may leave, not {amount}; interest and recoveries belong to the fund.",
            amount=str(amount),
            most=str(most),
            moved_on=moved_on.isoformat(),
        )


class NothingOwedBack(Refused):
    """The fund owes nothing of this recovery, or it is being paid back already."""

    code = "nothing-owed-back"
    title = "无应退款项 Nothing owed back"
    clause = "LG-40"

    def __init__(self, recovery_id: UUID) -> None:
        super().__init__(
            zh=f"本补偿金没有须就追偿款 {recovery_id} 退还银行的款项：该款未冲正、银行未曾缴回，或已在退还；"
            "请在追偿款列表中核对 fund_owes。",
            en=f"The fund owes no bank anything of recovery {recovery_id}: it was not taken back, its part never came, "
            "or it is being paid back already; look at fund_owes in the list of recoveries.",
            recovery_id=str(recovery_id),
        )


class OwedBackExactly(Refused):
    """What is owed back is paid back in one sum."""

    code = "owed-back-exactly"
    title = "退还金额不符 Not what is owed back"
    clause = "LG-40"

    def __init__(self, amount: Decimal, owed: Decimal) -> None:
        super().__init__(
            zh=f"该笔追偿款应退还银行 {owed} 元，所报 {amount} 元不符，请按 {owed} 元退还。",
            en=f"The fund owes the bank {owed} yuan of this recovery, not {amount}; pay back exactly {owed}.",
            amount=str(amount),
            owed=str(owed),
        )


class FundTooLowToPayBack(Refused):
    """The account does not hold what it owes back, or holds nothing that banks returned."""

    code = "fund-too-low-to-pay-back"
    title = "专户余额不足 Fund too low to pay back"
    clause = "LG-40"

    def __init__(self, amount: Decimal, most: Decimal, moved_on: date) -> None:
        super().__init__(
            zh=f"专户自 {moved_on} 起可用于退还的追偿款为 {most} 元，不足 {amount} 元；请待银行缴回其他追偿款"
            "或县里补足后再退还。",
            en=f"From {moved_on} on the account holds {most} yuan of returned recoveries, not {amount}; pay back once "
            "banks have returned others or the county has paid in.",
            amount=str(amount),
            most=str(most),
            moved_on=moved_on.isoformat(),
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
