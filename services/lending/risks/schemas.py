"""What goes out about loans at risk."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.money import Money
from shared.policy.vocabulary import LoanClass
from shared.web.bodies import Answer


class RiskReason(StrEnum):
    """Why a loan is at risk."""

    OVERDUE = "overdue"  # 逾期
    CLASS_BELOW_NORMAL = "class_below_normal"  # 分类低于正常
    HOUSEHOLD_LISTED = "household_listed"  # 农户列入名单
    ENTITY_LISTED = "entity_listed"  # 实施主体列入名单
    BORROWER_DIED = "borrower_died"  # 借款人死亡
    BORROWER_ILL = "borrower_ill"  # 借款人患病
    MOVED_AWAY = "moved_away"  # 外出
    BUSINESS_FAILED = "business_failed"  # 经营失败
    MONEY_UNUSED = "money_unused"  # 资金闲置
    MONEY_MISUSED = "money_misused"  # 资金挪用
    DUTY_MISSED = "duty_missed"  # 贷后检查逾期未做
    PLAN_BROKEN = "plan_broken"  # 还款计划未履行
    WITHOUT_COVER = "without_cover"  # 风险补偿金不覆盖
    WRITE_OFF_GROUNDLESS = "write_off_groundless"  # 核销依据消失


class RiskReasonOut(Answer):
    """One reason and since when it holds; `detail` is the number of days past due, the class, list or duty."""

    reason: RiskReason
    since: date
    detail: str | None


class RiskyLoanOut(Answer):
    """A loan at risk on the day that was asked about, and every reason, the oldest first."""

    loan_id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    matures_on: date
    principal_outstanding: Money
    days_past_due: int
    loan_class: LoanClass
    reasons: list[RiskReasonOut]
