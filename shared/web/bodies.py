"""Request and response bodies and the kinds of their fields: no unknown fields, control characters or wild days."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from shared.characters import NO_CONTROLS, says_something
from shared.dates import believable, ensure_not_in_future, today_in_china
from shared.errors import WrongValue
from shared.patterns import BANK_CODE, DAY, HOUSEHOLD_NUMBER, INSTANT, REFERENCE, SHA256
from shared.resident_id import ResidentIdInvalid, ensure_living


def _said(text: str) -> str:
    if not says_something(text):
        raise WrongValue(
            zh="只有看不见的字符，请填写内容。", en="This holds nothing that can be seen; write what is meant."
        )
    return text


def _names_nobody(reference: str) -> str:
    """Refuse a person's ID number as a reference: references travel in events, ID numbers never do."""
    try:
        ensure_living(reference, today_in_china())
    except ResidentIdInvalid:
        return reference
    raise WrongValue(
        zh="这是身份证号，不能作为流水号或编号；如确为流水号，请在前面加一个字母。",
        en="This is an ID number and no reference; put a letter before a bank reference that looks like one.",
    )


_Said: Final = AfterValidator(_said)
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=NO_CONTROLS, strip_whitespace=True), _Said
]
LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=NO_CONTROLS, strip_whitespace=True), _Said
]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE), AfterValidator(_names_nobody)]
BankCode = Annotated[str, StringConstraints(pattern=BANK_CODE)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
HouseholdNumber = Annotated[str, StringConstraints(pattern=HOUSEHOLD_NUMBER)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
NOT_AFTER_TODAY: Final = "x-not-after-today"  # marks such a day in the OpenAPI document


@dataclass(frozen=True, slots=True)
class _WrittenAsDay:
    """Takes a day as YYYY-MM-DD only, never a number or an instant, and only between 1900 and 2200."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = core_schema.no_info_before_validator_function(_as_written, handler(source))
        return core_schema.no_info_after_validator_function(believable, plain)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": DAY}


@dataclass(frozen=True, slots=True)
class _WrittenAsInstant:
    """Takes a moment as ISO 8601 with seconds and offset (2026-11-30T09:00:00+08:00), never a number."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain = core_schema.no_info_before_validator_function(_instant_as_written, handler(source))
        return core_schema.no_info_after_validator_function(_believable_instant, plain)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": INSTANT}


def _instant_as_written(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(INSTANT, value, re.ASCII):
        return value
    raise PydanticKnownError("datetime_type")


def _believable_instant(moment: datetime) -> datetime:
    believable(moment.date())
    return moment


def _as_written(value: Any) -> Any:
    if type(value) is date or (isinstance(value, str) and re.fullmatch(DAY, value, re.ASCII)):
        return value
    raise PydanticKnownError("date_type")


@dataclass(frozen=True, slots=True)
class _NotAfterToday:
    """Refuses a day after today in China by the name of its field; raised as `DateInFuture`, not as a field's fault."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(_not_after_today, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), NOT_AFTER_TODAY: True}


def _not_after_today(day: date, info: core_schema.ValidationInfo) -> date:
    ensure_not_in_future(info.field_name or "day", day, today_in_china())
    return day


# A day in a request: one that is planned, promised or asked about.
Day = Annotated[date, _WrittenAsDay()]
# A moment in a request, with its offset: it says for itself where it is.
Instant = Annotated[datetime, _WrittenAsInstant()]
# The day on which something happened.
HappenedOn = Annotated[Day, _NotAfterToday()]


class Body(BaseModel):
    """A request body: an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def alone_stands_for(name: str, both: Any) -> BeforeValidator:
    """Let a text stand for an object of which only the field `name` is said.

    Args:
        both: the two forms as the contract shows them, such as `Code | DocumentIn`.
    """
    return BeforeValidator(
        lambda value: {name: value} if isinstance(value, str) else value, json_schema_input_type=both
    )


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


class OneHousehold(Body):
    """One household, by id or by its number."""

    household_id: UUID | None = None
    household_number: HouseholdNumber | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.household_id is None) == (self.household_number is None):
            raise WrongValue(
                zh="请用 household_id 或 household_number 之一指明农户，不得同时填写",
                en="name the household by household_id or by household_number, not both",
            )
        return self
