"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.policy.bounds import ShareBound
from shared.policy.vocabulary import BoundWord


class ReservationAmountDiffers(Refused):
    """The application holds cover for another amount."""

    code = "reservation-amount-differs"
    title = "占用额度与申请金额不符 Reserved amount differs"

    def __init__(self, application_id: UUID, held: Decimal, asked: Decimal) -> None:
        super().__init__(
            zh=f"申请 {application_id} 已占用额度 {held} 元，与所报 {asked} 元不符；请撤回该申请，按新金额重新申报。",
            en=f"Application {application_id} holds cover for {held} yuan, not {asked}; "
            "withdraw the application and file it again with the other amount.",
            application_id=str(application_id),
            held=str(held),
            asked=str(asked),
        )


class CoverStillUsed(Refused):
    """The application's loan uses its cover, as far as the fund has heard."""

    code = "cover-still-used"
    title = "额度仍被贷款占用 Cover still used"

    def __init__(self, application_id: UUID) -> None:
        super().__init__(
            zh=f"申请 {application_id} 的额度已由其贷款占用；如放款刚刚冲正，请稍候片刻再试。",
            en=f"The loan of application {application_id} uses its cover; if its disbursement was taken back just now, "
            "try again in a moment.",
            application_id=str(application_id),
        )


class ProductNotCovered(Refused):
    """The fund does not stand behind loans of this product."""

    code = "product-not-covered"
    title = "产品不纳入风险补偿 Product not covered"

    def __init__(self, product_code: str) -> None:
        super().__init__(
            zh=f"产品 {product_code} 按本县政策不纳入风险补偿，损失由银行自行承担，无须占用额度。",
            en=f"By the county's policy the fund does not cover the product {product_code}; the bank bears its losses, "
            "and no cover is reserved.",
            product_code=product_code,
        )


class BadLoansAboveTolerance(Refused):
    """Too large a share of covered lending is in default, so new cover stops."""

    code = "bad-loans-above-tolerance"
    title = "不良率超过容忍度 Bad loans above tolerance"
    clause = "SX-6b"

    def __init__(self, bad: Decimal, covered: Decimal, tolerance: ShareBound) -> None:
        reached = tolerance.word is BoundWord.REACHES
        word_zh, word_en = ("已达到", "which reaches") if reached else ("超过", "more than")
        super().__init__(
            zh=f"已覆盖贷款 {covered} 元中有 {bad} 元违约，{word_zh}容忍度 {tolerance.share}；在代偿或追回损失之前，"
            "暂停新增担保额度。",
            en=f"{bad} yuan of {covered} covered are in default, {word_en} the tolerated share of {tolerance.share}; "
            "new cover stops until losses are compensated or recovered.",
            bad=str(bad),
            covered=str(covered),
        )


class LoanUnknown(NotFound):
    """No such covered loan in the caller's sight."""

    code = "loan-unknown"

    def __init__(self, loan_id: UUID) -> None:
        super().__init__(
            zh=f"没有属于您的贷款 {loan_id} 的记录；贷款在放款登记后稍候即可查到，请核对编号或稍后再试。",
            en=f"No loan {loan_id} of yours is known here; a loan appears shortly after its disbursement was recorded.",
        )
