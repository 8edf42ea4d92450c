"""Bodies of the lender API."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.lending.lenders.rules.nearness import Nearness
from shared.errors import WrongValue
from shared.policy.vocabulary import LenderKind
from shared.regions import CountyCode, is_within
from shared.web.bodies import Answer, BankCode, Body, Day, HappenedOn, LongText, Reference, Text

REGIONS_MAX: Final = 2000  # no county has more villages

BranchRegion = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12})$")]


class LenderIn(Body):
    """A bank that lends in a county."""

    county_code: CountyCode | None = None
    code: BankCode
    name: Text
    kind: LenderKind


class LenderOut(Answer):
    """A bank that is registered in a county, and how many townships and single villages it answers for (LG-47)."""

    county_code: str
    code: str
    name: str
    kind: LenderKind
    registered_by: str
    responsible_townships: int
    responsible_villages: int
    place: str


class BranchIn(Body):
    """A branch (网点) of a bank."""

    code: Reference
    name: Text
    region_code: BranchRegion
    address: Text


class BranchOut(Answer):
    """A branch of a bank."""

    id: UUID
    bank_code: str
    code: str
    name: str
    region_code: str
    address: str
    closed_on: date | None


class NearBranch(BranchOut):
    """A branch, how near it is to the village asked about, and whether its bank answers for that village (LG-47)."""

    bank_name: str
    kind: LenderKind
    nearness: Nearness
    is_responsible: bool
    place: str


class BranchClosureIn(Body):
    """The last day of a branch has come."""

    closed_on: HappenedOn


Regions = Annotated[list[BranchRegion], Field(min_length=1, max_length=REGIONS_MAX)]


class ResponsibilityIn(Body):
    """Villages or whole townships for which a bank answers from a day on; without a bank nobody does any more."""

    county_code: CountyCode
    bank_code: BankCode | None = None
    from_on: Day
    region_codes: Regions
    reason: LongText
    proposed_on: HappenedOn

    @model_validator(mode="after")
    def _makes_sense(self) -> "ResponsibilityIn":
        if len(set(self.region_codes)) < len(self.region_codes):
            raise WrongValue(zh="每个区划只填一次。", en="name each region once")
        if not all(is_within(code, self.county_code) for code in self.region_codes):
            raise WrongValue(zh="区划须在 county_code 所示县内。", en="the regions must lie in county_code")
        return self


class ResponsibilityDecisionIn(Body):
    """The second person's decision; a refusal says why."""

    decision: Literal["confirm", "refuse"]
    decided_on: HappenedOn
    reason: LongText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "ResponsibilityDecisionIn":
        if self.decision == "refuse" and self.reason is None:
            raise WrongValue(zh="不同意的，须说明原因。", en="a refusal needs its reason")
        return self


class ResponsibilityState(StrEnum):
    """Where the naming of a responsible bank stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ResponsibilityOut(Answer):
    """Which bank is to answer for which regions from which day on, and who decided it (LG-47)."""

    id: UUID
    county_code: str
    bank_code: str | None
    from_on: date
    region_codes: list[str]
    reason: str
    state: ResponsibilityState
    proposed_on: date
    proposed_by: str
    decided_on: date | None
    decided_by: str | None
    decision_reason: str | None


class ResponsibleBankOut(Answer):
    """The bank that answers for a village on a day and where its branches are; none is named where it is null."""

    village_code: str
    as_of: date
    bank_code: str | None
    bank_name: str | None
    kind: LenderKind | None
    branches: list[NearBranch]
