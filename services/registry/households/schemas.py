"""What goes in and out about households. Names and numbers of persons are masked in every answer but one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.money import Money
from shared.policy.vocabulary import PovertyState
from shared.web.bodies import Answer, Body, Text

HOUSEHOLDS_PER_CHANGE_MAX = 5000
HOUSEHOLDS_PER_LOOKUP_MAX = 20_000

BankCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,20}$")]
AccountNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,30}$")]


class HouseholdOut(Answer):
    """A household in a list; personal data masked."""

    id: UUID
    household_number: str
    village_code: str
    poverty_state: str
    state_from: date
    head_name: str
    member_count: int
    labourer_count: int
    grade: str | None
    line: Money | None
    version: int


class MemberOut(Answer):
    """A member of a household; name and resident ID masked."""

    id: UUID
    is_head: bool
    name: str
    resident_id: str
    birth_on: date
    joined_on: date
    left_on: date | None


class StateChangeOut(Answer):
    """One step in a household's history on the register."""

    state: str
    effective_from: date
    reason: str
    marked_by: str
    marked_at: datetime


class ExclusionOut(Answer):
    """Why a household may not borrow, from when, and until when once it was lifted (FJ-6)."""

    id: UUID
    household_id: UUID
    kind: str
    from_on: date
    reason: str
    marked_by: str
    marked_at: datetime
    until_on: date | None
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


class HouseholdFile(Answer):
    """Everything the register knows of one household (一户一档); personal data masked."""

    id: UUID
    county_code: str
    household_number: str
    village_code: str
    version: int
    poverty_state: str
    state_from: date
    registered_on: date
    member_count: int
    labourer_count: int
    civil_capacity: str
    able_to_work: bool
    credit_record: str
    phone: str | None
    members: list[MemberOut]
    state_changes: list[StateChangeOut]
    exclusions: list[ExclusionOut]
    accounts: list[AccountOut]
    surveys: list[SurveyOut]


class StatusChangesIn(Body):
    """Households that enter a state from a day on."""

    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_CHANGE_MAX)]
    state: PovertyState
    effective_from: date
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


class AccountLookupsIn(Body):
    """Whose accounts are needed for a payment."""

    household_ids: Annotated[list[UUID], Field(min_length=1, max_length=HOUSEHOLDS_PER_LOOKUP_MAX)]


class RevealedAccount(Answer):
    """An account in clear, for a service that pays into it."""

    household_id: UUID
    household_number: str
    holder_name: str
    bank_code: str
    account_number: str
    account_version: int


class AccountLookupsOut(Answer):
    """The accounts in the order asked for, and the households that have none."""

    accounts: list[RevealedAccount]
    unknown: list[UUID]
