"""Programmes in and out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from services.subsidy.targets.schemas import TargetIn, TargetOut
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.regions import CountyCode, RegionCode
from shared.web.bodies import Answer, Body, Day, HappenedOn, Text

TARGETS_MAX = 20
SOURCES_MAX = 20


class SourceIn(Body):
    """What one source gives, and the document that says so."""

    fund_source: Text
    amount: PositiveMoney
    document: Text


class ProgrammeIn(Body):
    """A year's programme and the money it may promise (DZ-2); what is left out is as the county's pack plans it.

    `sources` splits the budget by source; without it only the names are kept. `regions` are parts of the county.
    """

    county_code: CountyCode
    year: Annotated[int, Field(ge=2000, le=2100)]
    name: Text
    budget: PositiveMoney | None = None
    fund_sources: Annotated[list[Text] | None, Field(min_length=1, max_length=SOURCES_MAX)] = None
    sources: Annotated[tuple[SourceIn, ...], Field(max_length=SOURCES_MAX)] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None
    regions: Annotated[tuple[RegionCode, ...], Field(max_length=50)] = ()
    targets: Annotated[tuple[TargetIn, ...], Field(max_length=TARGETS_MAX)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "ProgrammeIn":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise WrongValue(zh="ends_on 不得早于 starts_on。", en="ends_on lies before starts_on")
        if len({target.code for target in self.targets}) < len(self.targets):
            raise WrongValue(zh="指标名称重复，请合并。", en="a target is named twice")
        if len({source.fund_source for source in self.sources}) < len(self.sources):
            raise WrongValue(zh="资金来源重复，请合并。", en="a source is named twice")
        if any(not region.startswith(self.county_code) for region in self.regions):
            raise WrongValue(zh="regions 须在本县之内。", en="regions lie within the county")
        return self


class SupplementIn(Body):
    """Money added to a programme."""

    amount: PositiveMoney
    fund_source: Text
    decided_on: HappenedOn
    note: Text


class SourceOut(Answer):
    """What one source gives, and the document that says so."""

    fund_source: str
    amount: Money
    document: str


class ProgrammeOut(Answer):
    """A programme: what it may promise, has promised and has paid; `available` is what is left to promise.

    Its targets are as of the day `targets_on`.
    """

    id: UUID
    county_code: str
    year: int
    name: str
    regions: list[str]
    fund_sources: list[str]
    sources: list[SourceOut]
    starts_on: date
    ends_on: date
    budget: Money
    committed: Money
    paid: Money
    returned: Money
    available: Money
    households_paid: int
    townships_paid: int
    loan_amount_paid: Money
    targets_on: date
    targets: list[TargetOut]
    created_by: str
    created_at: datetime
