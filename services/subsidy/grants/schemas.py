"""Direct grants in and out."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.subsidy.proposals.schemas import ReversalIn
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.regions import CountyCode
from shared.web.bodies import Answer, Body, Code, HappenedOn, Text

GRANTS_MAX = 2000
UNITS_MAX = 1_000_000
Documents = Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]


class GrantStandardIn(Body):
    """A project of the county's list of a year, and what one unit of it is granted (项目清单和补助标准, DY-7)."""

    county_code: CountyCode
    year: Annotated[int, Field(ge=2000, le=2100)]
    code: Code
    name: Text
    unit: Text
    amount: PositiveMoney
    document: Text
    proposed_on: HappenedOn


class GrantDecisionIn(Body):
    """A second person's word."""

    decision: Literal["approve", "refuse"]
    decided_on: HappenedOn
    note: Text


class GrantStandardOut(Answer):
    """A standard and who answers for it."""

    id: UUID
    county_code: str
    year: int
    code: str
    name: str
    unit: str
    amount: Money
    document: str
    state: Literal["proposed", "confirmed", "refused", "withdrawn"]
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_on: date | None


class GrantIn(Body):
    """What one household is to get, by how many units of which standard where the county has a list."""

    household_id: UUID
    amount: PositiveMoney
    standard_id: UUID | None = None
    units: Annotated[int, Field(ge=1, le=UNITS_MAX)] | None = None

    @model_validator(mode="after")
    def _standard_with_units(self) -> Self:
        if (self.standard_id is None) != (self.units is None):
            raise WrongValue(zh="standard_id 和 units 须同时填写或同时不填。", en="standard_id and units go together")
        return self


class GrantListIn(Body):
    """The households of a project that are able and willing, with the documents that say so (ZJ-6)."""

    proposed_on: HappenedOn
    documents: Documents
    grants: Annotated[tuple[GrantIn, ...], Field(min_length=1, max_length=GRANTS_MAX)]


class GrantListOut(Answer):
    """A list of grants: how many households, how much, how much of it was paid, and what of that is taken back."""

    id: UUID
    project_id: UUID
    county_code: str
    documents: list[str]
    state: Literal["proposed", "approved", "refused", "withdrawn"]
    household_count: int
    amount: Money
    paid: Money
    taken_back: Money
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_as: str | None
    decided_on: date | None
    decision_note: str | None


class GrantOut(Answer):
    """One household's grant, and its last transfer."""

    id: UUID
    household_id: UUID
    standard_id: UUID | None
    units: int | None
    amount: Money
    taken_back: Money
    state: Literal["proposed", "approved", "paid", "refused", "withdrawn", "taken_back"]
    transfer_id: UUID | None
    transfer_state: Literal["sent", "paid", "rejected", "returned"] | None
    settled_on: date | None
    reason: str | None


class GrantReversalIn(ReversalIn):
    """Why a household's grant was wrong, and what of a paid one is taken back (none: all of it)."""

    amount: PositiveMoney | None = None


class GrantRunIn(Body):
    """The day on which the list's open grants are handed to the bank."""

    sent_on: HappenedOn


class GrantRunOut(Answer):
    """How many transfers were written, over how much, and who gets none yet.

    That is `without_account_count` households without account and `held_count` on the blacklist (LG-22).
    """

    list_id: UUID
    transfer_count: int
    amount: Money
    without_account_count: int
    held_count: int


class TransferResultIn(Body):
    """What the bank says of one transfer: paid, rejected, or come back after it was paid."""

    transfer_id: UUID
    outcome: Literal["paid", "rejected", "returned"]
    amount: PositiveMoney
    settled_on: HappenedOn
    reason: Text | None = None

    @model_validator(mode="after")
    def _reason_of_a_failure(self) -> Self:
        if (self.reason is None) != (self.outcome == "paid"):
            raise WrongValue(
                zh="rejected 和 returned 须写明银行原因 reason，paid 不填。",
                en="rejected and returned come with the bank's reason, paid without",
            )
        return self


class GrantResultsIn(Body):
    """The bank's results; all are taken, or none."""

    results: Annotated[tuple[TransferResultIn, ...], Field(min_length=1, max_length=GRANTS_MAX)]
