"""What goes in and out about credit surveys."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema

from shared.errors import WrongValue
from shared.web.bodies import Answer, Body, HappenedOn, Text

SURVEYS_MAX: Final = 2000  # a township's round of one week; more come in several requests
_NUMBER: Final = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"


def _number(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        return Decimal(value)
    raise WrongValue(
        zh='请填写整数，或用引号括起的小数，最多四位小数，如 "1250.50"',
        en='write a whole number, or a decimal in quotes with at most four places, e.g. "1250.50"',
    )


RecordedEvent = Annotated[
    Decimal,
    BeforeValidator(_number),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": _NUMBER}]}),
]
IndicatorCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]


class SurveyIn(Body):
    """What one visit collected: a number for every indicator of the form, and the household's village group."""

    household_id: UUID
    collected_on: HappenedOn
    group_name: Annotated[Text, Field(max_length=60)] | None = None  # 村民组; what is on file stays if left out
    answers: Annotated[dict[IndicatorCode, RecordedEvent], Field(max_length=100)]


class SurveysIn(Body):
    """One survey or a round of them; all are recorded or none."""

    surveys: Annotated[tuple[SurveyIn, ...], Field(min_length=1, max_length=SURVEYS_MAX)]


class SurveysOut(Answer):
    """What became of the surveys; the same survey sent again is counted as already on file."""

    recorded_count: int
    already_recorded_count: int


class StepOut(Answer):
    """The points once a value reaches the threshold (or does not exceed it, when lower is better)."""

    threshold: Decimal
    points: Decimal


class FormLineOut(Answer):
    """One indicator: what is asked, in which unit, and how it is scored."""

    code: str
    zh: str
    en: str
    unit_zh: str | None
    unit_en: str | None
    is_collected: bool  # false: the register knows it
    better_when: str
    per: str | None
    steps: list[StepOut]
    points_max: Decimal
    scored_by: list[str]  # "part" (a part with its own pack), "county", or codes of banks with their own standard


class CreditSystemOut(Answer):
    """The credit information system through which a county collects, by its names."""

    zh: str
    en: str


class FormOut(Answer):
    """The collection form of a county, or of a part with a pack of its own, on a day."""

    county_code: str
    region_code: str  # what was asked for
    bank_code: str | None
    pack_version: int
    recollect_months: int
    collected_through: CreditSystemOut | None
    banks: list[str]  # with a standard of their own
    lines: list[FormLineOut]


class SurveyStateOut(Answer):
    """A household's latest survey and when the next is due; stale from `due_on` on (DZ-4b)."""

    household_id: UUID
    household_number: str
    village_code: str
    group_name: str | None
    helper: str | None
    collected_on: date | None
    collected_by: str | None
    due_on: date | None
    is_stale: bool


class SurveyRecordOut(Answer):
    """One survey as it was collected."""

    collected_on: date
    answers: dict[str, str]
    group_name: str | None
    collected_by: str
    recorded_at: datetime
