"""County, banks and insurers determine an implementing entity together; the last word of each counts (SX-10)."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from services.registry.evidence import plain
from services.registry.standing.entities import queries
from services.registry.standing.entities.actions.entities import ensure_not_blacklisted, lock_entity
from services.registry.standing.entities.refusals import PartyAmbiguous, PartyNotYours
from services.registry.standing.entities.schemas import DeterminationIn, EntityDetail
from shared.access import Principal, Right, Role
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.pii import PiiCipher
from shared.policy.vocabulary import EntityParty
from shared.scope import organisation_of

PARTY_OF_ROLE: Final[Mapping[str, EntityParty]] = {
    Role.POVERTY_OFFICE: EntityParty.COUNTY,
    Role.SERVICE_CENTRE: EntityParty.COUNTY,
    Role.BANK: EntityParty.BANK,
    Role.INSURER: EntityParty.INSURER,
}
_DETERMINE: Final = """
INSERT INTO entity_determination (entity_id, party, organisation, agrees, decided_on, reason, evidence, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def determine_entity(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, body: DeterminationIn
) -> EntityDetail:
    """Record that the officer's party wants the entity, or does not; a later word takes the place of an earlier one.

    Raises:
        EntityUnknown, EntityEnded, DateBeforeStep, EntityBlacklisted, PartyAmbiguous, PartyNotYours,
        OrganisationMissing
    """
    entity = await lock_entity(conn, officer, Right.ENTITIES_DETERMINE, entity_id)
    ensure_not_before("decided_on", body.decided_on, "registered_on", entity["registered_on"])
    if body.agrees:
        await ensure_not_blacklisted(conn, entity_id, body.decided_on)
    roles = officer.roles_for(Right.ENTITIES_DETERMINE, entity["region_code"])
    party = _party(sorted({PARTY_OF_ROLE[role] for role in roles}), body.party)
    organisation = entity["county_code"] if party is EntityParty.COUNTY else organisation_of(officer)
    said = (body.agrees, body.decided_on, body.reason, plain(body.evidence), officer.subject)
    await conn.execute(_DETERMINE, entity_id, party, organisation, *said)
    return await queries.get_entity(conn, officer, cipher, entity_id, body.decided_on)


def _party(parties: list[EntityParty], named: EntityParty | None) -> EntityParty:
    if named is None and len(parties) > 1:
        raise PartyAmbiguous(parties)
    if named is not None and named not in parties:
        raise PartyNotYours(named, parties)
    return named or parties[0]
