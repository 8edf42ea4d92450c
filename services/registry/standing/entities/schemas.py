"""What goes in and out about implementing entities; representative and account are masked in every answer."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.evidence import EvidenceList, EvidenceOut
from services.registry.register.households.schemas import AccountNumber
from shared.money import Money, PositiveMoney
from shared.person_names import PersonName
from shared.policy.vocabulary import EntityParty
from shared.regions import RegionCode
from shared.web.bodies import Answer, BankCode, Body, Code, Day, HappenedOn, LongText, Text

HOUSEHOLDS_OF_ENTITY_MAX = 1_000_000
ENTITIES_SHOWN_MAX = 1_000

EntityKind = Literal["enterprise", "cooperative", "family_farm", "large_grower"]
EntityState = Literal["active", "ended"]
BindingMode = Literal["indirect", "equity", "enterprise_use"]
CreditCodeText = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z ]{1,40}$")]
AgreementNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z\u4e00-\u9fff()()〔〕\[\]._/-]{1,64}$")]


class EntityIn(Body):
    """An implementing entity that is to be registered."""

    name: Text
    credit_code: CreditCodeText
    kind: EntityKind
    region_code: RegionCode
    legal_representative: PersonName
    bank_code: BankCode
    settlement_account: AccountNumber
    registered_on: HappenedOn


class EntityCorrectionIn(Body):
    """What is right from a day on, and on what evidence; what is left out stays as it is."""

    name: Text | None = None
    legal_representative: PersonName | None = None
    bank_code: BankCode | None = None
    settlement_account: AccountNumber | None = None
    corrected_on: HappenedOn
    reason: LongText
    evidence: EvidenceList


class EntityTerminationIn(Body):
    """Why an entity does not act as one any more, and from when."""

    ended_on: HappenedOn
    reason: LongText


class ConditionCheckIn(Body):
    """What an officer found about one of the pack's conditions; it holds from `valid_from` until `valid_until`."""

    condition: Code
    met: bool
    valid_from: HappenedOn
    valid_until: Day | None = None
    reason: LongText
    evidence: EvidenceList


class AssessmentIn(Body):
    """How many households' loans and how much money an entity can carry, as one officer proposes it."""

    households_max: Annotated[int, Field(ge=1, le=HOUSEHOLDS_OF_ENTITY_MAX)]
    amount_max: PositiveMoney
    assessed_on: HappenedOn
    valid_until: Day
    reason: LongText
    evidence: EvidenceList


class AssessmentDecisionIn(Body):
    """Whether another officer confirms an assessment, and why."""

    decision: Literal["confirm", "reject"]
    reason: LongText
    decided_on: HappenedOn


class PublicRecordIn(Body):
    """A permit or an administrative penalty of the entity as the public credit platform shows it (ZJ-8)."""

    kind: Literal["permit", "penalty"]
    number: Annotated[Text, Field(max_length=100)]
    title: Text
    authority: Text
    decided_on: HappenedOn
    valid_until: Day | None = None
    source: Text


class PublicRecordWithdrawalIn(Body):
    """Why a public record does not belong here, for example because it is of another entity."""

    withdrawn_on: HappenedOn
    reason: LongText


class PublicRecordOut(Answer):
    """A permit or a penalty that stands beside the entity, and whether it was withdrawn."""

    id: UUID
    kind: Literal["permit", "penalty"]
    number: str
    title: str
    authority: str
    decided_on: date
    valid_until: date | None
    source: str
    recorded_by: str
    withdrawn_on: date | None
    withdraw_reason: str | None
    withdrawn_by: str | None


class DeterminationIn(Body):
    """Whether one party wants an entity as an implementing entity, and why; the officer's roles say which party."""

    agrees: bool
    decided_on: HappenedOn
    party: EntityParty | None = None  # needed only by who belongs to several
    reason: LongText
    evidence: EvidenceList


class EntityChoiceIn(Body):
    """Which entities' data a household was shown, and the day on which it chose one of them (SX-10)."""

    shown_on: HappenedOn
    shown_entity_ids: Annotated[list[UUID], Field(min_length=1, max_length=ENTITIES_SHOWN_MAX)]
    chosen_on: HappenedOn
    evidence: EvidenceList


class BindingIn(Body):
    """A help agreement between a household and the entity; `amount` is the loan that the entity will use."""

    entity_id: UUID
    household_id: UUID
    mode: BindingMode = "indirect"
    agreement_number: AgreementNumber
    amount: PositiveMoney
    valid_from: HappenedOn
    choice: EntityChoiceIn | None = None


class BindingTerminationIn(Body):
    """The first day on which an agreement does not hold any more, and why."""

    valid_until: HappenedOn
    reason: LongText


class BarrierOut(Answer):
    """One reason against, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


class EntityOut(Answer):
    """An implementing entity: what is missing, what it can still carry, and what stands against one more household."""

    id: UUID
    version: int
    county_code: str
    region_code: str
    name: str
    credit_code: str
    kind: EntityKind
    legal_representative: str
    bank_code: str
    settlement_account: str
    state: EntityState
    registered_on: date
    registered_by: str
    ended_on: date | None
    end_reason: str | None
    lists: list[str]
    conditions_missing: list[str]
    capacity_valid_until: date | None
    households_max: int | None
    amount_max: Money | None
    household_count: int
    amount: Money
    households_left: int | None
    amount_left: Money | None
    capacity_exceeded: bool
    barriers: list[BarrierOut]


class ConditionOut(Answer):
    """A condition of the pack and how it stands on the day."""

    condition: str
    zh: str
    en: str
    clause: str
    met: bool


class ConditionCheckOut(Answer):
    """One check of a condition; the latest that has begun counts."""

    condition: str
    met: bool
    valid_from: date
    valid_until: date | None
    reason: str
    evidence: list[EvidenceOut]
    checked_by: str
    checked_at: datetime


class AssessmentOut(Answer):
    """An assessment of an entity's capacity and its two signatures."""

    id: UUID
    entity_id: UUID
    households_max: int
    amount_max: Money
    assessed_on: date
    valid_until: date
    reason: str
    evidence: list[EvidenceOut]
    state: Literal["proposed", "confirmed", "rejected"]
    proposed_by: str
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None


class EntityCorrectionOut(Answer):
    """What stood on file before a correction, and why it was replaced; personal data masked."""

    name: str
    legal_representative: str
    bank_code: str
    settlement_account: str
    corrected_on: date
    reason: str
    evidence: list[EvidenceOut]
    corrected_by: str
    corrected_at: datetime


class DeterminationOut(Answer):
    """What one party said of an entity; the last word of each organisation counts (SX-10)."""

    party: EntityParty
    organisation: str
    agrees: bool
    decided_on: date
    reason: str
    evidence: list[EvidenceOut]
    decided_by: str
    decided_at: datetime


class EntityDetail(EntityOut):
    """Everything on file about one entity; its households are listed as bindings."""

    as_of: date
    conditions: list[ConditionOut]
    checks: list[ConditionCheckOut]
    assessments: list[AssessmentOut]
    determinations: list[DeterminationOut]
    corrections: list[EntityCorrectionOut]
    public_records: list[PublicRecordOut]  # permits and penalties, the newest first (ZJ-8)


class EntityChoiceOut(Answer):
    """What a household was shown before it chose."""

    shown_on: date
    shown_entity_ids: list[UUID]
    chosen_on: date
    evidence: list[EvidenceOut]


class BindingOut(Answer):
    """A household bound to an entity; `flagged` when the entity is on the blacklist on the day."""

    id: UUID
    entity_id: UUID
    entity_name: str
    household_id: UUID
    household_number: str
    village_code: str
    mode: BindingMode
    agreement_number: str
    amount: Money
    valid_from: date
    valid_until: date | None
    end_reason: str | None
    bound_by: str
    ended_by: str | None
    choice: EntityChoiceOut | None
    flagged: bool
