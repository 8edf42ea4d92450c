"""Bodies of collection records and repayment plans; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.collections.rules.plans import INSTALLMENTS_MAX, PlanProgress
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText, Reference, Text


class PressingOffice(StrEnum):
    """Who presses for repayment and helps with a plan (DZ-5c)."""

    VILLAGE_COMMITTEE = "village_committee"  # 村两委
    FIRST_SECRETARY = "first_secretary"  # 第一书记
    WORK_TEAM = "work_team"  # 驻村工作队
    HELPER = "helper"  # 帮扶责任人
    TOWNSHIP = "township"  # 乡镇


class CollectionResult(StrEnum):
    """What came of it."""

    PROMISED = "promised"  # 承诺还款
    PAYING = "paying"  # 正在还款
    UNABLE = "unable"  # 暂无能力
    UNWILLING = "unwilling"  # 拒绝还款
    NOT_REACHED = "not_reached"  # 未联系上


class PlanState(StrEnum):
    """Where a repayment plan stands with the bank."""

    DRAWN = "drawn"  # 待签署
    SIGNED = "signed"  # 已签署
    REFUSED = "refused"  # 已驳回
    WITHDRAWN = "withdrawn"  # 已撤回
    REPLACED = "replaced"  # 已被替换
    LAPSED = "lapsed"  # 已失效: the loan's disbursement was taken back


class CollectionRecordIn(Body):
    """Who pressed for repayment, on which day, and what came of it; `promised_on` goes with a promise."""

    office: PressingOffice
    person: Text
    pressed_on: HappenedOn
    result: CollectionResult
    promised_on: Day | None = None
    note: LongText

    @model_validator(mode="after")
    def _promise_has_its_day(self) -> Self:
        if (self.result is CollectionResult.PROMISED) != (self.promised_on is not None):
            raise WrongValue(
                zh="承诺还款须填写 promised_on（承诺还款日），其他结果不填。",
                en="promised_on goes with a promise, and with nothing else",
            )
        if self.promised_on is not None and self.promised_on < self.pressed_on:
            raise WrongValue(zh="promised_on 不得早于 pressed_on。", en="promised_on is not before pressed_on")
        return self


class CollectionWithdrawalIn(Body):
    """Why a record was wrong."""

    withdrawn_on: HappenedOn
    reason: LongText


class CollectionRecordOut(Answer):
    """One call on a household that is late, and whether it was withdrawn."""

    id: UUID
    loan_id: UUID
    office: PressingOffice
    person: str
    pressed_on: date
    result: CollectionResult
    promised_on: date | None
    note: str
    recorded_by: str
    withdrawn_on: date | None
    withdraw_reason: str | None
    withdrawn_by: str | None


class CollectionRecords(Answer):
    """A loan's collection records by their day."""

    items: list[CollectionRecordOut]


class PlanInstallmentIn(Body):
    """What the household is to pay by a day."""

    due_on: Day
    amount: PositiveMoney


class RepaymentPlanIn(Body):
    """A plan that the household agreed to, who helped with it, and the paper that household and helper signed."""

    agreed_on: HappenedOn
    office: PressingOffice
    person: Text
    paper_reference: Reference
    note: LongText
    installments: Annotated[list[PlanInstallmentIn], Field(min_length=1, max_length=INSTALLMENTS_MAX)]


class PlanDecisionIn(Body):
    """The bank's signature under a plan, or why it refuses."""

    decision: Literal["sign", "refuse"]
    signed_on: HappenedOn
    reason: LongText | None = None

    @model_validator(mode="after")
    def _refusal_has_reason(self) -> Self:
        if self.decision == "refuse" and self.reason is None:
            raise WrongValue(zh="驳回时须填写 reason（驳回理由）。", en="a refusal needs its reason")
        return self


class PlanInstallmentOut(Answer):
    """One instalment of a plan; `met_on` is the working day by which it is met."""

    number: int
    due_on: date
    met_on: date
    amount: Money


class RepaymentPlanOut(Answer):
    """A plan, who drew it up and signed it, and how it is kept on a day (null: the bank has not signed it)."""

    id: UUID
    loan_id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    agreed_on: date
    arrears: Money
    total: Money
    office: PressingOffice
    person: str
    paper_reference: str
    note: str
    drawn_by: str
    state: PlanState
    signed_on: date | None
    signed_by: str | None
    reason: str | None
    replaced_on: date | None
    as_of: date
    progress: PlanProgress | None
    received: Money
    remitted: Money
    missing: Money
    broken_since: date | None
    installments: list[PlanInstallmentOut]
