"""What goes in and out about testimonies."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.errors import WrongValue
from shared.web.bodies import Answer, Body, HappenedOn, LongText

TESTIMONIES_MAX = 5000  # a large village many times over


class TestimonyIn(Body):
    """What the village says of one household; what speaks against it has a reason."""

    household_id: UUID
    good_name: bool
    no_bad_habits: bool
    family_harmony: bool
    willing_to_repay: bool
    able_to_repay: bool
    reason: LongText | None = None

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        good = (
            self.good_name
            and self.no_bad_habits
            and self.family_harmony
            and self.willing_to_repay
            and self.able_to_repay
        )
        if not good and self.reason is None:
            raise WrongValue(zh="任何一项不符合的，须填写原因。", en="what speaks against a household needs its reason")
        return self


class TestimoniesIn(Body):
    """What the village says of its households from a day on."""

    valid_from: HappenedOn
    items: Annotated[list[TestimonyIn], Field(min_length=1, max_length=TESTIMONIES_MAX)]


class TestimoniesOut(Answer):
    """How many testimonies were recorded."""

    valid_from: date
    recorded_count: int


class TestimonyWithdrawalIn(Body):
    """The first day on which a testimony does not hold any more, and why."""

    valid_until: HappenedOn
    reason: LongText


class TestimonyOut(Answer):
    """One testimony of a household; `counts` when it is the one that is judged by on the day."""

    id: UUID
    household_id: UUID
    good_name: bool
    no_bad_habits: bool
    family_harmony: bool
    willing_to_repay: bool
    able_to_repay: bool
    reason: str | None
    valid_from: date
    recorded_by: str
    recorded_at: datetime
    valid_until: date | None
    end_reason: str | None
    ended_by: str | None
    ended_at: datetime | None
