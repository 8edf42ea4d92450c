"""What every proposal says, and the bodies of its steps."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.web.bodies import Answer, Body, HappenedOn, LongText


class CorrectionState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"  # 待复核
    CONFIRMED = "confirmed"  # 已确认
    REFUSED = "refused"  # 已驳回
    WITHDRAWN = "withdrawn"  # 已撤回


class DecisionIn(Body):
    """What another person decides on a proposal."""

    decision: Literal["confirm", "refuse"]
    decided_on: HappenedOn
    reason: LongText | None = None

    @model_validator(mode="after")
    def _refusal_has_reason(self) -> Self:
        if self.decision == "refuse" and self.reason is None:
            raise WrongValue(zh="驳回时须填写 reason（驳回理由）。", en="a refusal needs its reason")
        return self


class CorrectionWithdrawalIn(Body):
    """Why a proposal is withdrawn by who made it."""

    withdrawn_on: HappenedOn
    reason: LongText


class ProposalOut(Answer):
    """What every proposal says: of which loan it is, who proposed it and who decided it."""

    id: UUID
    loan_id: UUID
    contract_number: str
    bank_code: str
    village_code: str
    reason: str
    state: CorrectionState
    proposed_on: date
    proposed_by: str
    decided_on: date | None
    decided_by: str | None
    decision_reason: str | None
