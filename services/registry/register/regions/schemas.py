"""What goes in and out about regions."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.registry.register.regions.rules.successions import ChangeKind
from shared.regions import RegionCode, VillageCode
from shared.web.bodies import Answer, Body, HappenedOn, HouseholdNumber, Text

SUCCESSIONS_MAX = 1000
ASSIGNMENTS_MAX = 20_000

RegionName = Annotated[Text, Field(max_length=100)]


class RegionImportOut(Answer):
    """What a region file changed."""

    line_count: int
    added_count: int
    renamed_count: int
    unchanged_count: int


class RegionOut(Answer):
    """One region of the administrative tree; `valid_until` is the first day on which its code no longer holds."""

    code: str
    name: str
    level: str
    parent_code: str | None
    valid_from: date | None
    valid_until: date | None


class RegionFound(RegionOut):
    """A region that a search found, with the names of the regions it lies in, province first."""

    path: list[str]
    former_names: list[str]


class RegionSearchOut(Answer):
    """The best hits first: the whole name, then names that begin so, then names that hold the words."""

    items: list[RegionFound]


class SuccessionIn(Body):
    """One code becomes another."""

    from_code: RegionCode
    to_code: RegionCode
    to_name: RegionName | None = None
    moved_codes: Annotated[tuple[RegionCode, ...], Field(max_length=SUCCESSIONS_MAX)] = ()


class AssignmentIn(Body):
    """To which part of a split village a household goes."""

    household_number: HouseholdNumber
    to_code: VillageCode


class RegionChangeIn(Body):
    """A change of codes or names, with the document that orders it."""

    kind: ChangeKind
    effective_on: HappenedOn
    document: Text
    successions: Annotated[list[SuccessionIn], Field(min_length=1, max_length=SUCCESSIONS_MAX)]
    assignments: Annotated[tuple[AssignmentIn, ...], Field(max_length=ASSIGNMENTS_MAX)] = ()


class SuccessionOut(Answer):
    """One code became another on a day."""

    change_id: UUID
    kind: str
    effective_on: date
    document: str
    from_code: str
    to_code: str
    households_moved: int


class RegionChangeOut(Answer):
    """What a change did, with everything below the regions it names."""

    id: UUID
    kind: str
    effective_on: date
    document: str
    recorded_by: str
    recorded_at: datetime
    codes_added: int
    codes_ended: int
    households_moved: int
    successions: list[SuccessionOut]


class FormerName(Answer):
    """A name the region had until a day."""

    name: str
    valid_until: date


class RegionLineage(Answer):
    """Where a region lies, what it was called, which codes stood for it before and which stand for it now.

    `codes` are all of them in order: records made under any of them belong to this place.
    """

    region: RegionOut
    path: list[RegionOut]
    former_names: list[FormerName]
    predecessors: list[SuccessionOut]
    successors: list[SuccessionOut]
    codes: list[str]


class RollUpRow(Answer):
    """One region directly below, with what lies in it on the day."""

    code: str
    name: str
    level: str
    township_count: int
    village_count: int
    household_count: int


class RollUp(Answer):
    """A region's figures on a day, by the regions directly below it; the lines add up to the totals."""

    region_code: str
    as_of: date
    township_count: int
    village_count: int
    household_count: int
    lines: list[RollUpRow]
