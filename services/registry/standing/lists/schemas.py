"""What goes in and out about lists and quotas."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.registry.evidence import EvidenceList, EvidenceOut
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText

SUBJECTS_PER_QUESTION_MAX = 5000

ListName = Literal["dishonesty", "blacklist"]
ListingState = Literal["listed", "appealed", "cleared"]
RequestKind = Literal["entry", "appeal", "removal"]
RequestState = Literal["open", "accepted", "rejected"]
# Why officers list somebody; lending's events have causes of their own: overdue, malicious.
EntryCause = Literal["malicious_evasion", "misuse", "false_documents", "guarantee_broken", "other"]


class EffectOut(Answer):
    """One thing that an entry bars, in words, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


class ListingOut(Answer):
    """A household or an implementing entity on a list: since when, why, on what proof, and what it bars."""

    id: UUID
    household_id: UUID | None
    household_number: str | None
    entity_id: UUID | None
    entity_name: str | None
    village_code: str | None
    region_code: str
    list_name: ListName
    source: str
    cause: str
    reason: str
    evidence: list[EvidenceOut]
    loan_id: UUID | None
    office: str  # whose word entered it
    state: ListingState
    listed_on: date
    ends_on: date | None
    cleared_on: date | None
    clear_cause: str | None
    effects: list[EffectOut]


class ListingStepOut(Answer):
    """One step of an entry; `recorded_by` is null where lending's events made it."""

    kind: str
    happened_on: date
    reason: str
    recorded_by: str | None
    request_id: UUID | None
    recorded_at: datetime


class ListingRequestOut(Answer):
    """What somebody asked another officer to decide, and the decision."""

    id: UUID
    kind: RequestKind
    listing_id: UUID | None
    household_id: UUID | None
    entity_id: UUID | None
    region_code: str
    list_name: ListName
    cause: str | None
    reason: str
    evidence: list[EvidenceOut]
    filed_by: str
    filed_on: date
    decision_due_on: date
    ends_on: date | None
    state: RequestState
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None
    is_late: bool


class QuotaCutOut(Answer):
    """One cut of a village's quota and the loan that caused it; repaying the loan does not undo the cut.

    An accepted appeal does: from `restored_on` on the cut no longer counts, by the decision on `appeal_id`.
    """

    loan_id: UUID
    cut_share: str
    effective_on: date
    loan_closed_on: date | None
    restored_on: date | None
    appeal_id: UUID | None


class VillageQuotaCutOut(QuotaCutOut):
    """The cut that one entry cost a village; the village is where the household lived when it borrowed."""

    village_code: str


class ListingDetail(ListingOut):
    """An entry with every step of it and every request about it.

    `quota_cut` is what the malicious default behind it cost a village; an accepted appeal takes it back (FJ-12).
    """

    quota_cut: VillageQuotaCutOut | None
    steps: list[ListingStepOut]
    requests: list[ListingRequestOut]


class EntryProposalIn(Body):
    """Whom an officer proposes to list, why and on what proof; another officer decides."""

    household_id: UUID | None = None
    entity_id: UUID | None = None
    list_name: ListName
    cause: EntryCause
    reason: LongText
    evidence: EvidenceList
    filed_on: HappenedOn
    ends_on: Day | None = None  # the first day on which the entry holds no more; until cleared if left out


class ListingPleaIn(Body):
    """Why an entry is wrong, or by what proof the debt behind it is cleared."""

    reason: LongText
    evidence: EvidenceList
    filed_on: HappenedOn


class ListingDecisionIn(Body):
    """What another officer decides, and why."""

    decision: Literal["accept", "reject"]
    reason: LongText
    decided_on: HappenedOn


class ListEffectsIn(Body):
    """Whose standing is asked for, on which day."""

    as_of: Day
    household_ids: list[UUID] = Field(default_factory=list, max_length=SUBJECTS_PER_QUESTION_MAX)
    entity_ids: list[UUID] = Field(default_factory=list, max_length=SUBJECTS_PER_QUESTION_MAX)


class ListEffectEntryOut(Answer):
    """An entry that holds on the day."""

    id: UUID
    list_name: ListName
    cause: str
    reason: str
    listed_on: date
    appealed: bool


class BarOut(EffectOut):
    """One thing that is barred, and the entries that bar it."""

    listing_ids: list[UUID]


class ListEffectsOut(Answer):
    """How a household or an implementing entity stands: what is barred and why; nothing when it is on no list."""

    household_id: UUID | None
    entity_id: UUID | None
    region_code: str
    clear: bool
    entries: list[ListEffectEntryOut]
    barred: list[BarOut]
    village_share_left: str | None


class ListEffectsAnswersOut(Answer):
    """Standings in the order asked for, households first, and the ids that are not on file in the region."""

    as_of: date
    standings: list[ListEffectsOut]
    unknown: list[UUID]


class VillageQuotaOut(Answer):
    """What is left of a village's loan quota, as a fraction of one, after the cuts that hold."""

    village_code: str
    village_name: str
    share_left: str
    cuts: list[QuotaCutOut]
    zh: str
    en: str


class ListCounts(Answer):
    """Entries of one township, or of a whole region, over a period."""

    households_on_dishonesty_list: int
    households_on_blacklist: int
    entities_listed: int
    entered: int
    cleared_by_repayment: int
    cleared_by_appeal: int
    cleared_by_removal: int
    cleared_by_term: int
    appeals_filed: int
    appeals_accepted: int
    appeals_rejected: int
    appeals_open: int
    appeals_late: int
    villages_cut: int
    villages_restored: int


class TownshipListCounts(ListCounts):
    """One township's part of the report; a code of six digits holds what belongs to no township."""

    code: str
    name: str


class ListReport(Answer):
    """Who was listed and cleared in a period, who is listed at its end, and what became of appeals."""

    region_code: str
    period_from: date
    period_until: date
    total: ListCounts
    by_township: list[TownshipListCounts]


class LateRunOut(Answer):
    """Whom a business day put on the dishonesty list."""

    job: str
    county_code: str
    as_of: date
    listed_count: int
