"""What goes in and out about changes: one body for each kind; names and numbers of persons leave masked."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.register.households.vocabulary import Education, Health, Labour, Relation
from shared.households_sheet import CivilCapacity, CreditRecord
from shared.person_names import PersonName
from shared.regions import RegionCode, VillageCode
from shared.telephones import Telephone
from shared.web.bodies import Answer, Body, HappenedOn, HouseholdNumber, Text

MEMBERS_PER_HOUSEHOLD_MAX = 50

# The number itself is checked by GB 11643, so that its refusal has its own name and never repeats the number.
ResidentNumber = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
GroupName = Annotated[Text, Field(max_length=60)]
KinRelation = Literal[
    Relation.SPOUSE,
    Relation.CHILD,
    Relation.PARENT,
    Relation.CHILD_IN_LAW,
    Relation.PARENT_IN_LAW,
    Relation.GRANDCHILD,
    Relation.GRANDPARENT,
    Relation.SIBLING,
    Relation.OTHER,
]
ChangeState = Literal["proposed", "approved", "rejected", "withdrawn"]
ChangeKind = Literal[
    "member_added",
    "member_corrected",
    "member_left",
    "head_changed",
    "contact_changed",
    "residence_changed",
    "group_changed",
    "household_split",
    "households_merged",
    "household_moved",
    "household_ended",
]


class Kin(Body):
    """A member and the relation to the head."""

    member_id: UUID
    relation: KinRelation


class SplitMember(Body):
    """A member that goes to the new household, and the relation to its head; one of them is the head."""

    member_id: UUID
    relation: Relation


class NewHead(Body):
    """The next head, what the credit databases say about that person, and how every other member is related."""

    member_id: UUID
    credit_record: CreditRecord
    relations: Annotated[list[Kin], Field(max_length=MEMBERS_PER_HOUSEHOLD_MAX)]


class _Change(Body):
    household_id: UUID
    effective_on: HappenedOn
    reason: Text
    evidence: Text | None = None


class MemberFacts(Body):
    """A person who joins a household: the ID number is checked by GB 11643, sex and birth are read from it."""

    effective_on: HappenedOn
    reason: Text
    evidence: Text | None = None
    cause: Literal["recorded", "born", "married_in", "moved_in"]
    name: PersonName
    resident_id: ResidentNumber
    relation: KinRelation
    civil_capacity: CivilCapacity
    labour: Labour
    education: Education | None = None
    at_school: bool | None = None
    migrant_worker: bool | None = None
    health: Health | None = None


class MemberAdded(MemberFacts):
    """A person is put on file; `recorded` for one whom the stated number of members counts already."""

    kind: Literal["member_added"]
    household_id: UUID


class MemberCorrected(_Change):
    """Events of a member are put right; what is left out stays."""

    kind: Literal["member_corrected"]
    member_id: UUID
    name: PersonName | None = None
    resident_id: ResidentNumber | None = None
    relation: KinRelation | None = None
    civil_capacity: CivilCapacity | None = None
    labour: Labour | None = None
    education: Education | None = None
    at_school: bool | None = None
    migrant_worker: bool | None = None
    health: Health | None = None


class MemberLeft(_Change):
    """A member dies, moves out, marries out or was put on file by mistake; a head names the next one."""

    kind: Literal["member_left"]
    member_id: UUID
    left_reason: Literal["death", "moved_out", "married_out", "error"]
    new_head: NewHead | None = None


class HeadChanged(_Change):
    """Another member becomes the head; the former one stays in the household."""

    kind: Literal["head_changed"]
    new_head: NewHead


class ContactChanged(_Change):
    """The household has another telephone number."""

    kind: Literal["contact_changed"]
    phone: Telephone


class ResidenceChanged(_Change):
    """The household lives elsewhere than in its village, or (null) in its village again."""

    kind: Literal["residence_changed"]
    residence_code: RegionCode | None


class GroupChanged(_Change):
    """The household belongs to another villagers' group (村民组) of its village, or (null) to none that is known."""

    kind: Literal["group_changed"]
    group_name: GroupName | None


class HouseholdSplitIn(_Change):
    """Some members form a household of their own, with its own number and head (分户)."""

    kind: Literal["household_split"]
    new_household_number: HouseholdNumber
    village_code: VillageCode
    credit_record: CreditRecord
    members: Annotated[list[SplitMember], Field(min_length=1, max_length=MEMBERS_PER_HOUSEHOLD_MAX)]


class HouseholdsMergedIn(_Change):
    """The household is merged into another of its county; `relations` are to the head of that household (并户)."""

    kind: Literal["households_merged"]
    into_household_id: UUID
    relations: Annotated[list[Kin], Field(max_length=MEMBERS_PER_HOUSEHOLD_MAX)]


class HouseholdMovedIn(_Change):
    """The household moves to another village; in another county it ends here and is registered there anew."""

    kind: Literal["household_moved"]
    village_code: VillageCode


class HouseholdEndedIn(_Change):
    """Nobody of the household is left, or it should never have been put on file."""

    kind: Literal["household_ended"]
    end_reason: Literal["died_out", "error"]


AnyChange = (
    MemberAdded
    | MemberCorrected
    | MemberLeft
    | HeadChanged
    | ContactChanged
    | ResidenceChanged
    | GroupChanged
    | HouseholdSplitIn
    | HouseholdsMergedIn
    | HouseholdMovedIn
    | HouseholdEndedIn
)
ChangeIn = Annotated[AnyChange, Field(discriminator="kind")]


class DecisionIn(Body):
    """What another officer decides about a change."""

    decision: Literal["approve", "reject"]
    reason: Text


class WithdrawalIn(Body):
    """Why the officer who proposed a change takes it back."""

    reason: Text


class ChangedValue(Answer):
    """One value before and after; names, ID and telephone numbers masked."""

    field: str
    old: str | None
    new: str | None


class ChangeOut(Answer):
    """A change of the register with its old and new values side by side."""

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    kind: ChangeKind
    state: ChangeState
    effective_on: date
    reason: str
    evidence: str | None
    member_id: UUID | None
    other_household_id: UUID | None
    values: list[ChangedValue]
    proposed_by: str
    proposed_at: datetime
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
