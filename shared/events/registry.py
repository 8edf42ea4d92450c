"""Facts the registry service records. No personal data beyond ids."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from shared.events.base import Event, RegionCode


class PolicyPackConfirmed(Event, owner="registry", name="policy-pack-confirmed", version=1, aggregate="policy-pack"):
    """A second officer confirmed a pack version; it is in force from `effective_from`."""

    pack_id: UUID
    county_code: RegionCode
    pack_version: int
    effective_from: date
    content_hash: str
    content: dict[str, Any]  # the whole pack as `PolicyPack.model_dump(mode="json")`


class HouseholdStatusChanged(
    Event, owner="registry", name="household-status-changed", version=1, aggregate="household"
):
    """A household was registered, lifted, stably lifted, monitored … from a day on (FJ-6)."""

    household_id: UUID
    village_code: RegionCode
    state: str  # a PovertyState of the policy vocabulary
    effective_from: date


class HouseholdListed(Event, owner="registry", name="household-listed", version=1, aggregate="household"):
    """A household came onto the dishonesty list or the blacklist (FJ-12, LG-22)."""

    household_id: UUID
    village_code: RegionCode
    list_name: Literal["dishonesty", "blacklist"]
    cause: str
    loan_id: UUID
    listed_on: date


class VillageQuotaCut(Event, owner="registry", name="village-quota-cut", version=1, aggregate="village"):
    """Malicious non-payment cut the loan quota of the whole village (FJ-12)."""

    village_code: RegionCode
    cut_share: str  # fraction of one taken off, e.g. "0.20"
    loan_id: UUID
    effective_on: date
