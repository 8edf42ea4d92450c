"""Bodies of another office's approval of a loan that misses a condition."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.money import Money
from shared.policy.vocabulary import Office
from shared.web.bodies import Answer, Body, HappenedOn, LongText


class ConditionDecisionIn(Body):
    """The decision of an office that the county's pack asks; a refusal needs a note that the household is given."""

    decision: Literal["approve", "refuse"]
    decided_on: HappenedOn
    office: Office | None = None
    note: LongText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "ConditionDecisionIn":
        if self.decision == "refuse" and self.note is None:
            raise WrongValue(
                zh="不同意的，须填写告知农户的原因。", en="a refusal needs a note that tells the household why"
            )
        return self


class OfficeAskedOut(Answer):
    """An office that has not answered yet, and the last day for its answer."""

    office: Office
    due_on: date
    is_late: bool


class ConditionApprovalOut(Answer):
    """An application that waits for other offices, and which of them have not answered."""

    application_id: UUID
    household_number: str
    village_code: str
    bank_code: str
    amount: Money
    unmet_conditions: list[str]
    asked_on: date
    waits_for: list[OfficeAskedOut]
