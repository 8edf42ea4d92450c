"""What goes in and out about suspected duplicates; names and numbers masked."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from services.registry.register.changes.schemas import NewHead
from shared.web.bodies import Answer, Body, Text

SuspicionState = Literal["open", "same_person", "different_persons"]
SuspicionCause = Literal["same_name_and_birth", "same_name_village_and_year", "similar_name_village_and_birth"]


class SearchIn(Body):
    """Where to look: the county, or a part of it."""

    region_code: Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]


class SearchOut(Answer):
    """How many persons were looked at and how many pairs were found that nobody has judged yet."""

    id: UUID
    region_code: str
    member_count: int
    found_count: int
    searched_by: str
    searched_at: datetime


class SuspectOut(Answer):
    """One of the two persons of a pair, as a member of a household; name and number masked."""

    member_id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    is_head: bool
    name: str
    resident_id: str
    born_on: date
    left_on: date | None


class SuspicionOut(Answer):
    """Two persons on file who may be one."""

    id: UUID
    county_code: str
    cause: SuspicionCause
    state: SuspicionState
    first: SuspectOut
    second: SuspectOut
    reason: str | None
    change_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None


class SuspicionDecisionIn(Body):
    """Whether the two are one person; if so, which of the two leaves, for which a change is proposed at once."""

    outcome: Literal["same_person", "different_persons"]
    reason: Text
    wrong_member_id: UUID | None = None
    new_head: NewHead | None = None
