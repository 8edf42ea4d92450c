"""Bodies of a county's own days."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field, field_validator

from services.lending.proposals.schemas import CorrectionState
from shared.errors import WrongValue
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText, Text

DAYS_MAX = 31


class CountyDayKind(StrEnum):
    """What a county's days are."""

    REST = "rest"  # 放假
    WORK = "work"  # 上班
    AS_NATIONAL = "as_national"  # 按全国安排


class CountyDaysIn(Body):
    """Days on which a county rests or works, or does as China does again, and the notice that says so."""

    county_code: CountyCode
    kind: CountyDayKind
    days: list[Day] = Field(min_length=1, max_length=DAYS_MAX)
    document: Text
    reason: LongText
    proposed_on: HappenedOn

    @field_validator("days")
    @classmethod
    def _once(cls, days: list[date]) -> list[date]:
        if len(set(days)) < len(days):
            raise WrongValue(zh="同一日期填写了两次，请删去重复的。", en="a day is named twice; leave it out once")
        return sorted(days)


class CountyDaysOut(Answer):
    """A county's own days, who entered and who decided them.

    `loans_restated` is how many loans owe otherwise by them: that would when they are proposed, that do when they are
    confirmed.
    """

    id: UUID
    county_code: str
    kind: CountyDayKind
    days: list[date]
    document: str
    reason: str
    state: CorrectionState
    proposed_on: date
    proposed_by: str
    decided_on: date | None
    decided_by: str | None
    decision_reason: str | None
    loans_restated: int | None = None
