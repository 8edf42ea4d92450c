"""Whom a list is about: a household or an implementing entity, locked, in the officer's region, and its events."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.registry.register.households.actions import life
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.standing.entities.actions import entities as entities
from services.registry.standing.entities.refusals import EntityUnknown
from services.registry.standing.lists.refusals import SubjectNotOne
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.events.base import Event
from shared.events.registry import EntityListed, EntityUnlisted, HouseholdListed, HouseholdUnlisted
from shared.regions import county_of

_HOUSEHOLD = "SELECT village_code AS region_code, version FROM household WHERE id = $1 FOR UPDATE"
_ENTITY = "SELECT region_code, version FROM implementing_entity WHERE id = $1 FOR UPDATE"

ListName = Literal["dishonesty", "blacklist"]
OfficersCause = Literal["appeal_accepted", "removal_accepted"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A household (with its village) or an entity (with its region)."""

    household_id: UUID | None
    entity_id: UUID | None
    region_code: str

    @property
    def county_code(self) -> str:
        """Return the county it belongs to."""
        return county_of(self.region_code)


async def lock_subject(
    conn: Connection, officer: Principal, right: Right, household_id: UUID | None, entity_id: UUID | None
) -> Subject:
    """Lock the one household or entity that is meant, in a region where the officer holds the right.

    Raises:
        SubjectNotOne, HouseholdsUnknown, EntityUnknown
    """
    scopes = tuple(officer.regions_for(right))
    if household_id is not None and entity_id is None:
        row = await conn.fetchrow(_HOUSEHOLD, household_id)
        if row is None or not row["region_code"].startswith(scopes):
            raise HouseholdsUnknown([household_id])
    elif entity_id is not None and household_id is None:
        row = await conn.fetchrow(_ENTITY, entity_id)
        if row is None or not row["region_code"].startswith(scopes):
            raise EntityUnknown(entity_id)
    else:
        raise SubjectNotOne
    return Subject(household_id, entity_id, row["region_code"])


async def record_listed_event(
    conn: Connection, subject: Subject, listing_id: UUID, name: ListName, cause: str, on: date, ends_on: date | None
) -> None:
    """Record the event that officers listed the subject, which is locked, for good or until a day."""
    event: Event
    if subject.household_id is not None:
        event = HouseholdListed(
            listing_id=listing_id,
            household_id=subject.household_id,
            village_code=subject.region_code,
            list_name=name,
            source="officer",
            cause=cause,
            loan_id=None,
            listed_on=on,
            ends_on=ends_on,
        )
    else:
        assert subject.entity_id is not None
        event = EntityListed(
            listing_id=listing_id,
            entity_id=subject.entity_id,
            county_code=subject.county_code,
            list_name=name,
            cause=cause,
            listed_on=on,
            ends_on=ends_on,
        )
    await _record(conn, subject, event)


async def record_unlisted_event(
    conn: Connection, subject: Subject, listing_id: UUID, name: ListName, cause: OfficersCause, on: date
) -> None:
    """Record the event that officers cleared an entry of the subject, which is locked."""
    event: Event
    if subject.household_id is not None:
        event = HouseholdUnlisted(
            listing_id=listing_id,
            household_id=subject.household_id,
            village_code=subject.region_code,
            list_name=name,
            cause=cause,
            cleared_on=on,
        )
    else:
        assert subject.entity_id is not None
        event = EntityUnlisted(
            listing_id=listing_id,
            entity_id=subject.entity_id,
            county_code=subject.county_code,
            list_name=name,
            cause=cause,
            cleared_on=on,
        )
    await _record(conn, subject, event)


async def _record(conn: Connection, subject: Subject, event: Event) -> None:
    aggregate_id = subject.household_id or subject.entity_id
    assert aggregate_id is not None
    if subject.household_id is not None:
        version, _ = await life.count_version(conn, subject.household_id)
    else:
        version = await entities.count_version(conn, aggregate_id)
    await outbox.record(
        conn, event, aggregate_id=aggregate_id, aggregate_version=version, region_code=subject.region_code
    )
