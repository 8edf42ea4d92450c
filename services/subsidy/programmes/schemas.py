"""Programmes in and out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.subsidy.programmes.rules.adjustment import AdjustmentKind
from services.subsidy.programmes.rules.closing import ClosingKind
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
    `budget_document` is the document of the budget in which the money stands (XX-4).
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
    budget_document: Text | None = None
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


class BudgetDocumentIn(Body):
    """The document of the budget in which a programme's money stands, and its day."""

    document: Text
    decided_on: HappenedOn


class BudgetDocumentDecisionIn(Body):
    """A second officer's word: `approve` lets the document hold, `return` drops it."""

    decision: Literal["approve", "return"]
    confirmed_on: HappenedOn


class BudgetDocumentOut(Answer):
    """A document of the budget that somebody named; it holds once its state is `confirmed`."""

    id: UUID
    programme_id: UUID
    document: str
    decided_on: date
    state: Literal["proposed", "confirmed", "refused"]
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    confirmed_on: date | None


class ProgrammeDecisionIn(Body):
    """A second officer's word on an opened programme: `approve` lets it promise its money, `return` refuses it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class SupplementIn(Body):
    """A change of a programme's budget: raised, lowered, or moved from one of its sources into another.

    `reverses` names an adjustment that was wrong; what takes it back is its exact opposite.
    """

    kind: AdjustmentKind = "raise"
    amount: PositiveMoney
    fund_source: Text
    from_source: Text | None = None
    reverses: UUID | None = None
    decided_on: HappenedOn
    note: Text

    @model_validator(mode="after")
    def _fits(self) -> "SupplementIn":
        if (self.kind == "move") != (self.from_source is not None):
            raise WrongValue(
                zh="来源之间调剂（move）须填写 from_source，其他不填。",
                en="a move names from_source, nothing else does",
            )
        if self.from_source == self.fund_source:
            raise WrongValue(zh="from_source 与 fund_source 须不同。", en="from_source is another than fund_source")
        return self


class SupplementDecisionIn(Body):
    """A second officer's word: `approve` lets the adjustment hold, `return` drops it."""

    decision: Literal["approve", "return"]
    confirmed_on: HappenedOn


class SupplementWithdrawalIn(Body):
    """The day on which a proposal that nobody decided is taken back."""

    withdrawn_on: HappenedOn


class SupplementOut(Answer):
    """An adjustment of a budget; it changes the budget once its state is `confirmed`."""

    id: UUID
    programme_id: UUID
    kind: AdjustmentKind
    amount: Money
    fund_source: str
    from_source: str | None
    reverses: UUID | None
    decided_on: date
    note: str
    state: Literal["proposed", "confirmed", "refused", "withdrawn"]
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    confirmed_on: date | None


class ProgrammeClosingIn(Body):
    """What is to happen at a programme's end: it is closed, opened again, or what it has left is carried over.

    `carry_over` names the later programme, and the amount (none: all that is left); `carry_back` what was carried over
    wrongly.
    """

    kind: ClosingKind
    into_id: UUID | None = None
    amount: PositiveMoney | None = None
    reverses: UUID | None = None
    reason: Text
    proposed_on: HappenedOn

    @model_validator(mode="after")
    def _fits(self) -> "ProgrammeClosingIn":
        if (self.kind == "carry_over") != (self.into_id is not None) or (self.into_id is None and self.amount):
            raise WrongValue(
                zh="结转（carry_over）须填写 into_id，可填 amount；其他不填。",
                en="a carry_over names into_id and may name amount; nothing else does",
            )
        if (self.kind == "carry_back") != (self.reverses is not None):
            raise WrongValue(
                zh="冲回结转（carry_back）须填写 reverses，其他不填。",
                en="a carry_back names reverses, nothing else does",
            )
        return self


class ProgrammeClosingDecisionIn(Body):
    """A second officer's word: `approve` lets it happen, `return` drops it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class ProgrammeClosingOut(Answer):
    """A closing, reopening or carry-over of a programme; it happened once its state is `confirmed`."""

    id: UUID
    programme_id: UUID
    kind: ClosingKind
    into_id: UUID | None
    amount: Money | None
    reverses: UUID | None
    reason: str
    state: Literal["proposed", "confirmed", "refused"]
    proposed_by: str
    proposed_on: date
    proposed_at: datetime
    decided_by: str | None
    decided_on: date | None


class SourceOut(Answer):
    """What one source gives, and the document that says so."""

    fund_source: str
    amount: Money
    document: str


class ProgrammeOut(Answer):
    """A programme: what it may promise, has promised and has paid; `available` is what is left to promise.

    available = budget + carried_in + returned - carried_out - committed - paid. Its targets are as of the day
    `targets_on`.
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
    carried_in: Money
    carried_out: Money
    available: Money
    closed_on: date | None
    budget_document: str | None
    households_paid: int
    townships_paid: int
    loan_amount_paid: Money
    targets_on: date
    targets: list[TargetOut]
    created_by: str
    created_at: datetime
    state: Literal["proposed", "confirmed", "refused"]
    decided_by: str | None
    decided_on: date | None
