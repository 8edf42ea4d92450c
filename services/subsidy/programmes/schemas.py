"""Programmes in and out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Day, HappenedOn, Text

TARGETS_MAX = 20
TargetCode = Literal["households", "townships", "loan_amount", "subsidy_amount"]


class TargetIn(Body):
    """A figure to reach: households or townships served, loans served in yuan, subsidy paid in yuan."""

    code: TargetCode
    value: Money


class ProgrammeIn(Body):
    """A year's programme and the money it may promise (DZ-2)."""

    county_code: CountyCode
    year: Annotated[int, Field(ge=2000, le=2100)]
    name: Text
    budget: PositiveMoney
    fund_sources: Annotated[list[Text], Field(min_length=1, max_length=20)]
    starts_on: Day
    ends_on: Day
    targets: Annotated[tuple[TargetIn, ...], Field(max_length=TARGETS_MAX)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "ProgrammeIn":
        if self.ends_on < self.starts_on:
            raise WrongValue(zh="ends_on 不得早于 starts_on。", en="ends_on lies before starts_on")
        if len({target.code for target in self.targets}) < len(self.targets):
            raise WrongValue(zh="指标名称重复，请合并。", en="a target is named twice")
        return self


class SupplementIn(Body):
    """Money added to a programme."""

    amount: PositiveMoney
    fund_source: Text
    decided_on: HappenedOn
    note: Text


class TargetOut(Answer):
    """A target and how far it is reached."""

    code: str
    value: Money
    reached: Money


class ProgrammeOut(Answer):
    """A programme: what it may promise, has promised and has paid; `available` is what is left to promise."""

    id: UUID
    county_code: str
    year: int
    name: str
    fund_sources: list[str]
    starts_on: date
    ends_on: date
    budget: Money
    committed: Money
    paid: Money
    available: Money
    households_paid: int
    townships_paid: int
    loan_amount_paid: Money
    targets: list[TargetOut]
    created_by: str
    created_at: datetime
