"""What goes in and out about households. Names and numbers of persons are masked in every answer but one."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.asking import AskerRegions
from shared.characters import NO_CONTROLS
from shared.money import Money
from shared.person_names import PersonName
from shared.policy.vocabulary import PovertyState
from shared.regions import CountyCode
from shared.web.bodies import Answer, BankCode, Body, Code, HappenedOn, OneHousehold, Text

HOUSEHOLDS_PER_CHANGE_MAX = 5000
HOUSEHOLDS_PER_LOOKUP_MAX = 20_000

AccountNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,30}$")]
Account = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=NO_CONTROLS, strip_whitespace=True)]


class HouseholdOut(Answer):
    """A household in a list; personal data masked."""

    id: UUID
    household_number: str
    village_code: str
    group_name: str | None  # 村民组
    poverty_state: str
    poverty_state_from: date
    head_name: str
    member_count: int
    labourer_count: int
    grade: str | None
    credit_limit: Money | None
    version: int
    ended_on: date | None


class MemberOut(Answer):
    """A member of a household; name and resident ID masked, age on the day that was asked for."""

    id: UUID
    is_head: bool
    relation: str
    name: str
    resident_id: str
    born_on: date
    age: int
    sex: str | None
    civil_capacity: str | None
    labour: str | None
    education: str | None
    at_school: bool | None
    migrant_worker: bool | None
    health: str | None
    joined_on: date
    left_on: date | None
    left_reason: str | None


class VillageOut(Answer):
    """A village in which a household was registered from a day on."""

    village_code: str
    valid_from: date
    cause: str
    recorded_by: str
    recorded_at: datetime


class HelperAssignmentOut(Answer):
    """Who helps a household, from when, and until when once it ended (FJ-5, DZ-5c)."""

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    helper: str
    helper_name: str
    organisation: str | None
    valid_from: date
    assigned_by: str
    assigned_at: datetime
    valid_until: date | None
    end_reason: str | None
    ended_by: str | None
    ended_at: datetime | None


class FamilyDebtOut(Answer):
    """A production loan or credit limit of another member of the family (MS-2)."""

    id: UUID
    household_id: UUID
    member_id: UUID | None
    bank_code: str
    kind: str
    valid_from: date
    recorded_by: str
    recorded_at: datetime
    valid_until: date | None
    end_reason: str | None
    ended_by: str | None
    ended_at: datetime | None


class StateChangeOut(Answer):
    """One step in a household's history on the register."""

    state: str
    effective_from: date
    reason: str
    recorded_by: str
    recorded_at: datetime


class ExclusionOut(Answer):
    """Why a household may not borrow, from when, and until when once it was lifted (FJ-6)."""

    id: UUID
    household_id: UUID
    kind: str
    valid_from: date
    reason: str
    recorded_by: str
    recorded_at: datetime
    valid_until: date | None
    end_reason: str | None
    ended_by: str | None
    ended_at: datetime | None


class AccountOut(Answer):
    """A bank account of a household; the number masked."""

    household_id: UUID
    account_version: int
    bank_code: str
    account_number: str
    valid: bool
    reason: str
    recorded_by: str
    recorded_at: datetime


class SurveyOut(Answer):
    """The facts collected for the rating on one day: number by indicator code."""

    collected_on: date
    answers: dict[str, str]
    collected_by: str


class HelpAgreementOut(Answer):
    """A help agreement that binds or bound the household to an implementing entity (SX-4)."""

    id: UUID
    entity_id: UUID
    entity_name: str
    mode: str
    agreement_number: str
    amount: Money
    valid_from: date
    valid_until: date | None


class ListEntryOut(Answer):
    """An entry of the household on the dishonesty list or the blacklist (FJ-12, LG-22)."""

    id: UUID
    list_name: str
    cause: str
    state: str
    listed_on: date
    cleared_on: date | None


class HouseholdDetail(Answer):
    """Everything the register knows of one household (一户一档); personal data masked."""

    id: UUID
    county_code: str
    household_number: str
    village_code: str
    group_name: str | None  # 村民组
    version: int
    poverty_state: str
    poverty_state_from: date
    registered_on: date
    member_count: int
    labourer_count: int
    civil_capacity: str
    able_to_work: bool
    credit_record: str
    phone: str | None
    residence_code: str | None
    ended_on: date | None
    end_reason: str | None
    split_from_id: UUID | None
    merged_into_id: UUID | None
    members: list[MemberOut]
    villages: list[VillageOut]
    helpers: list[HelperAssignmentOut]
    family_debts: list[FamilyDebtOut]
    state_changes: list[StateChangeOut]
    exclusions: list[ExclusionOut]
    accounts: list[AccountOut]
    surveys: list[SurveyOut]
    help_agreements: list[HelpAgreementOut]
    list_entries: list[ListEntryOut]


class HouseholdProfileOut(Answer):
    """How a household stood on a day; nulls where it was not on the register yet."""

    household_id: UUID
    household_number: str
    as_of: date
    has_ended: bool
    village_code: str | None
    poverty_state: str | None
    exclusions: list[str]
    helper: str | None
    members: list[MemberOut]


class ExclusionsIn(Body):
    """Households that may not borrow from a day on; `kind` is a code of the pack's eligibility.exclusions."""

    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_CHANGE_MAX)]
    kind: Code
    valid_from: HappenedOn
    reason: Text


class ExclusionsOut(Answer):
    """How many households were marked; those that were marked with the kind already stay as they are."""

    kind: str
    valid_from: date
    recorded_count: int
    unchanged_count: int


class TerminationIn(Body):
    """The first day on which something no longer holds, and why."""

    valid_until: HappenedOn
    reason: Text


class HelperAssignmentIn(Body):
    """Who helps one household: the helper's account and name."""

    household_id: UUID
    helper: Account
    helper_name: PersonName
    organisation: Text | None = None


class HelperAssignmentsIn(Body):
    """Who helps which households from a day on; `reason` is kept with every helper that is replaced."""

    valid_from: HappenedOn
    reason: Text
    assignments: Annotated[list[HelperAssignmentIn], Field(min_length=1, max_length=HOUSEHOLDS_PER_CHANGE_MAX)]


class HelperAssignmentsOut(Answer):
    """How many households have another helper now; where the helper is the same, nothing changed."""

    valid_from: date
    assigned_count: int
    replaced_count: int
    unchanged_count: int


class FamilyDebtIn(Body):
    """A loan or credit limit of a member other than the head; `member_id` may be unknown."""

    member_id: UUID | None = None
    bank_code: BankCode
    kind: Literal["production_loan", "credit_limit"]
    valid_from: HappenedOn


class StatusChangesIn(Body):
    """Households that enter a state from a day on."""

    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_CHANGE_MAX)]
    state: PovertyState
    effective_from: HappenedOn
    reason: Text


class StatusChangesOut(Answer):
    """How many households changed; those that were in the state already stay as they are."""

    state: str
    effective_from: date
    changed_count: int
    unchanged_count: int


class AccountCorrectionIn(Body):
    """The right account of a household and why the old one was wrong."""

    household_id: UUID
    bank_code: BankCode
    account_number: AccountNumber
    reason: Text


class HouseholdLookupsIn(Body):
    """Which households are meant; `county_code` settles a number that several counties use."""

    county_code: CountyCode | None = None
    asker_regions: AskerRegions = None
    items: Annotated[list[OneHousehold], Field(min_length=1, max_length=HOUSEHOLDS_PER_CHANGE_MAX)]


class FoundHousehold(Answer):
    """A household that is meant, and where it is registered."""

    household_id: UUID
    household_number: str
    household_version: int
    village_code: str


class HouseholdLookupsOut(Answer):
    """One answer for each name, in order; null where no household of the caller's regions is meant."""

    items: list[FoundHousehold | None]


class NameLookupsIn(Body):
    """Whose names a public notice shows, and in whose regions the officer who asks for it is."""

    asker_regions: AskerRegions = None
    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_LOOKUP_MAX)]


class NamedHousehold(Answer):
    """A household by its head's name, whole and masked, and the place it lives in: township and village."""

    household_id: UUID
    household_number: str
    head_name: str
    head_name_masked: str
    place: str


class NameLookupsOut(Answer):
    """The names in the order asked for, and the households that are not on file in the asker's regions."""

    households: list[NamedHousehold]
    unknown: list[UUID]


class AccountLookupsIn(Body):
    """Whose accounts are needed for a payment."""

    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_LOOKUP_MAX)]


class RevealedAccount(Answer):
    """An account in clear, for a service that pays into it.

    `account_household_id` is the household itself, or the one it was merged into; holder and version are of that
    account.
    """

    household_id: UUID
    household_number: str
    account_household_id: UUID
    holder_name: str
    id_number: str
    bank_code: str
    account_number: str
    account_version: int


class AccountLookupsOut(Answer):
    """The accounts in the order asked for, and the households that have none."""

    accounts: list[RevealedAccount]
    unknown: list[UUID]
