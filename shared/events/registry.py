"""Events the registry service records. No personal data beyond ids."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Day, Event, Money, RegionCode


class PolicyPackConfirmed(Event, owner="registry", name="policy-pack-confirmed", version=1, aggregate="policy-pack"):
    """A second officer confirmed a pack version; it is in force from `effective_from`."""

    pack_id: UUID
    county_code: RegionCode
    pack_version: int
    effective_from: Day
    content_hash: str
    content: dict[str, Any]  # all rules of the pack as `PolicyPack.content()`, without its worked examples


class PackCorrected(Event, owner="registry", name="pack-corrected", version=1, aggregate="pack-correction"):
    """Two persons let contracts of one version follow another in some values, for what is decided from a day on."""

    correction_id: UUID
    county_code: RegionCode
    pack_id: UUID  # the version that contracts were signed under
    number: Annotated[int, Field(ge=1)]  # of the corrections of that version, in the order of their confirmation
    follows_pack_id: UUID
    keys: Annotated[tuple[str, ...], Field(min_length=1)]  # `section.key`, or `section` where only one of them has it
    effective_from: Day


HOUSEHOLDS_PER_EVENT_MAX: Final = 500  # in one event: about 65 KB, a quarter of what the stream takes


class RegisteredHousehold(BaseModel):
    """A household as it came onto the register."""

    model_config = ConfigDict(frozen=True, strict=True)

    household_id: UUID
    village_code: RegionCode
    state: str  # a PovertyState of the policy vocabulary
    effective_from: Day


class HouseholdsRegistered(
    Event, owner="registry", name="households-registered", version=1, aggregate="household-registration"
):
    """Households of one sheet came onto the register together; the events of each of them begin at version 1 (FJ-6).

    Each event is an aggregate of its own: a sheet of a hundred thousand households becomes a few hundred events.
    """

    import_id: UUID
    county_code: RegionCode
    households: Annotated[tuple[RegisteredHousehold, ...], Field(min_length=1, max_length=HOUSEHOLDS_PER_EVENT_MAX)]


class HouseholdStatusChanged(
    Event, owner="registry", name="household-status-changed", version=1, aggregate="household"
):
    """A household was lifted, stably lifted, monitored …, or made by a split, from a day on (FJ-6)."""

    household_id: UUID
    village_code: RegionCode
    state: str  # a PovertyState of the policy vocabulary
    effective_from: Day


class HouseholdListed(Event, owner="registry", name="household-listed", version=1, aggregate="household"):
    """A household came onto the dishonesty list or the blacklist (FJ-12, LG-22)."""

    listing_id: UUID
    household_id: UUID
    village_code: RegionCode
    list_name: Literal["dishonesty", "blacklist"]
    source: Literal["event", "officer"]
    cause: str
    loan_id: UUID | None  # the loan behind it; None when officers entered it by hand
    listed_on: Day
    ends_on: Day | None = None  # the first day on which the entry holds no more; None: until it is cleared


class HouseholdUnlisted(Event, owner="registry", name="household-unlisted", version=1, aggregate="household"):
    """An entry of a household on a list was cleared; other entries may still hold (LG-22).

    `overturned`: a correction of the loan's account showed that it was wrong, so it never held; this may follow for an
    entry that was cleared before.
    """

    listing_id: UUID
    household_id: UUID
    village_code: RegionCode
    list_name: Literal["dishonesty", "blacklist"]
    cause: Literal["debt_cleared", "appeal_accepted", "removal_accepted"]
    cleared_on: Day
    overturned: bool = False


class EntityListed(Event, owner="registry", name="entity-listed", version=1, aggregate="implementing-entity"):
    """An implementing entity came onto the dishonesty list or the blacklist (LG-22)."""

    listing_id: UUID
    entity_id: UUID
    county_code: RegionCode
    list_name: Literal["dishonesty", "blacklist"]
    cause: str
    listed_on: Day
    ends_on: Day | None = None  # the first day on which the entry holds no more; None: until it is cleared


class EntityUnlisted(Event, owner="registry", name="entity-unlisted", version=1, aggregate="implementing-entity"):
    """An entry of an implementing entity on a list was cleared (LG-22)."""

    listing_id: UUID
    entity_id: UUID
    county_code: RegionCode
    list_name: Literal["dishonesty", "blacklist"]
    cause: Literal["appeal_accepted", "removal_accepted"]
    cleared_on: Day


class HouseholdMoved(Event, owner="registry", name="household-moved", version=1, aggregate="household"):
    """A household is registered in another village of its county from a day on; it keeps its loans and its file."""

    household_id: UUID
    village_code_before: RegionCode
    village_code: RegionCode
    effective_on: Day


class HouseholdSplit(Event, owner="registry", name="household-split", version=1, aggregate="household"):
    """Members left a household for a new one; loans, ratings and entries on lists stay with the household they left."""

    household_id: UUID
    new_household_id: UUID
    village_code: RegionCode
    effective_on: Day


class HouseholdMerged(Event, owner="registry", name="household-merged", version=1, aggregate="household"):
    """A household without open loans was merged into another; its dossier stays readable."""

    household_id: UUID
    into_household_id: UUID
    village_code: RegionCode
    effective_on: Day


class HouseholdEnded(Event, owner="registry", name="household-ended", version=1, aggregate="household"):
    """A household is no longer on the register; what it owes stays owed under its id (LG-21a, LG-42)."""

    household_id: UUID
    village_code: RegionCode
    reason: Literal["moved_out", "died_out", "error"]
    effective_on: Day


class HouseholdHeadChanged(Event, owner="registry", name="household-head-changed", version=1, aggregate="household"):
    """Another member is the head of a household, for example because the head has died (LG-21a)."""

    household_id: UUID
    village_code: RegionCode
    cause: Literal["death", "left", "agreed"]
    effective_on: Day


class VillageQuotaCut(Event, owner="registry", name="village-quota-cut", version=1, aggregate="village"):
    """Malicious non-payment cut the loan quota of the whole village (FJ-12)."""

    village_code: RegionCode
    cut_share: str  # fraction of one taken off, e.g. "0.20"
    loan_id: UUID
    effective_on: Day


class VillageQuotaRestored(Event, owner="registry", name="village-quota-restored", version=1, aggregate="village"):
    """An accepted appeal found that the default was not malicious: the cut over that loan is taken back (FJ-12)."""

    village_code: RegionCode
    cut_share: str  # what the cut had taken off, as the cut was published
    loan_id: UUID  # the loan whose cut no longer counts from `effective_on` on
    effective_on: Day


class RegionPair(BaseModel):
    """One code became another."""

    model_config = ConfigDict(frozen=True, strict=True)

    from_code: RegionCode
    to_code: RegionCode


class RegionChanged(Event, owner="registry", name="region-changed", version=1, aggregate="region-change"):
    """Official codes changed: renamed, recoded or merged with everything below, or split (SX-7).

    A code that became one other took everything below along under its new beginning. Of a split the regions directly
    below stand among the successions too, whether a part took them or they stayed.
    """

    change_id: UUID
    kind: Literal["rename", "recode", "merge", "split"]
    effective_on: Day
    successions: tuple[RegionPair, ...]


class RatingCampaignFinalised(
    Event, owner="registry", name="rating-campaign-finalised", version=1, aggregate="rating-campaign"
):
    """A county's rating became final; totals for dashboards above the county (ZJ-1, DY-1)."""

    campaign_id: UUID
    county_code: RegionCode
    bank_code: str | None  # null: the county's own rating
    year: int
    finalised_on: Day
    household_count: int  # on file in the county that day
    rated_count: int  # with a grade
    credit_limit_total: Money
    group_count: int
    credit_group_count: int
    village_count: int
    credit_village_count: int
    township_count: int
    credit_township_count: int


class DutyOrdered(Event, owner="registry", name="duty-ordered", version=1, aggregate="duty"):
    """Something has to be put right, or somebody is summoned, until a day: by hand, a record or a ranking (XX-9)."""

    duty_id: UUID
    kind: Literal["summons", "rectification"]
    region_code: RegionCode
    loan_id: UUID | None
    due_on: Day


class DutyOverdue(Event, owner="registry", name="duty-overdue", version=1, aggregate="duty"):
    """A duty was not done by its day; published once, for whoever oversees the office (FJ-2)."""

    duty_id: UUID
    kind: str  # a DutyKind of the registry
    offices: tuple[str, ...]
    region_code: RegionCode
    loan_id: UUID | None
    due_on: Day
    noticed_on: Day


class DutyDone(Event, owner="registry", name="duty-done", version=1, aggregate="duty"):
    """An office did what it owed, in time or late (FJ-2)."""

    duty_id: UUID
    record_id: UUID
    kind: str  # a DutyKind of the registry
    region_code: RegionCode
    loan_id: UUID | None
    due_on: Day
    done_on: Day


class DutyRecordWithdrawn(Event, owner="registry", name="duty-record-withdrawn", version=1, aggregate="duty"):
    """What was recorded of a duty was wrong; it is owed again."""

    duty_id: UUID
    record_id: UUID
    kind: str  # a DutyKind of the registry
    region_code: RegionCode
    loan_id: UUID | None
