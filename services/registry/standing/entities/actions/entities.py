"""Register and end implementing entities, check their conditions, assess their capacity (SX-4)."""

from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.evidence import plain
from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.register.regions.queries import ensure_in_force
from services.registry.standing.entities import queries
from services.registry.standing.entities.refusals import (
    AssessmentDecided,
    AssessmentProposed,
    AssessmentUnknown,
    ConditionUnknown,
    EntityBlacklisted,
    EntityEnded,
    EntityRegistered,
    EntityUnknown,
    HouseholdsStillBound,
    NothingCorrected,
    RegionUnknownForEntity,
)
from services.registry.standing.entities.rules.credit_code import ensure_valid
from services.registry.standing.entities.schemas import (
    AssessmentDecisionIn,
    AssessmentIn,
    AssessmentOut,
    ConditionCheckIn,
    EntityCorrectionIn,
    EntityDetail,
    EntityIn,
    EntityTerminationIn,
)
from services.registry.standing.entities.sealed import ACCOUNT_CONTEXT, REPRESENTATIVE_CONTEXT
from shared.access import Principal, Right
from shared.dates import ensure_not_before, ensure_period
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.regions import county_of

_REGION = "SELECT EXISTS (SELECT FROM region WHERE code = $1 AND level IN ('county', 'township', 'village'))"
_REGISTER = """
INSERT INTO implementing_entity (id, version, county_code, region_code, name, credit_code, kind,
                                 legal_representative_sealed, bank_code, settlement_account_sealed, state,
                                 registered_on, registered_by)
VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8, $9, 'active', $10, $11)
ON CONFLICT (credit_code) DO NOTHING RETURNING id
"""
_LOCK = """
SELECT id, county_code, region_code, name, state, registered_on, ended_on FROM implementing_entity
WHERE id = $1 FOR UPDATE
"""
_DETAILS = """
SELECT name, legal_representative_sealed, bank_code, settlement_account_sealed FROM implementing_entity WHERE id = $1
"""
_KEEP_BEFORE = """
INSERT INTO entity_correction (entity_id, name, legal_representative_sealed, bank_code, settlement_account_sealed,
                               corrected_on, reason, evidence, corrected_by)
SELECT id, name, legal_representative_sealed, bank_code, settlement_account_sealed, $2, $3, $4, $5
FROM implementing_entity WHERE id = $1
"""
_CORRECT = """
UPDATE implementing_entity SET name = $2, legal_representative_sealed = $3, bank_code = $4,
  settlement_account_sealed = $5
WHERE id = $1
"""
_STILL_BOUND = (
    "SELECT count(*) FROM entity_household WHERE entity_id = $1 AND (valid_until IS NULL OR valid_until > $2)"
)
_END = """
UPDATE implementing_entity SET state = 'ended', ended_on = $2, end_reason = $3, ended_by = $4
WHERE id = $1 AND state = 'active'
"""
_CHECK = """
INSERT INTO entity_condition (entity_id, condition, met, valid_from, valid_until, reason, evidence, checked_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_PROPOSED = "SELECT id FROM entity_assessment WHERE entity_id = $1 AND state = 'proposed'"
_PROPOSE = """
INSERT INTO entity_assessment (id, entity_id, households_max, amount_max, assessed_on, valid_until, reason, evidence,
                               proposed_by, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'proposed')
"""
_LOCK_ASSESSMENT = """
SELECT a.id, a.entity_id, a.state, a.proposed_by, a.assessed_on, a.valid_until, e.region_code
FROM entity_assessment a JOIN implementing_entity e ON e.id = a.entity_id WHERE a.id = $1 FOR UPDATE OF a
"""
_DECIDE = """
UPDATE entity_assessment
SET state = $2, decided_by = $3, decided_on = $4, decision_reason = $5, decided_at = now()
WHERE id = $1 AND state = 'proposed'
"""
# An entry that still holds counts even for a decision that is dated before it.
_BLACKLISTED = """
SELECT min(listed_on) FROM listing
WHERE entity_id = $1 AND list_name = 'blacklist' AND (cleared_on IS NULL OR (listed_on <= $2 AND cleared_on > $2))
"""
_DECIDED = {"confirm": "confirmed", "reject": "rejected"}


async def register_entity(conn: Connection, officer: Principal, cipher: PiiCipher, body: EntityIn) -> EntityDetail:
    """Register an implementing entity; its conditions are checked and its capacity is assessed afterwards.

    Raises:
        OutsideRegion, CreditCodeInvalid, RegionUnknownForEntity, RegionEnded, RegionsNotInForce, EntityRegistered,
        NoPackInForce
    """
    officer.ensure_region(Right.ENTITIES_REGISTER, body.region_code)
    credit_code = ensure_valid(body.credit_code)
    if not await conn.fetchval(_REGION, body.region_code):
        raise RegionUnknownForEntity(body.region_code)
    await ensure_in_force(conn, body.region_code, body.registered_on)
    entity_id = await conn.fetchval(
        _REGISTER,
        new_id(),
        county_of(body.region_code),
        body.region_code,
        body.name,
        credit_code,
        body.kind,
        cipher.encrypt(body.legal_representative, REPRESENTATIVE_CONTEXT),
        body.bank_code,
        cipher.encrypt(body.settlement_account, ACCOUNT_CONTEXT),
        body.registered_on,
        officer.subject,
    )
    if entity_id is None:
        raise EntityRegistered(credit_code)
    return await queries.get_entity(conn, officer, cipher, entity_id, body.registered_on)


async def correct_entity(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, body: EntityCorrectionIn
) -> EntityDetail:
    """Put name, representative or account right; what stood there before stays on file, sealed.

    Raises:
        EntityUnknown, EntityEnded, DateBeforeStep, NothingCorrected
    """
    entity = await lock_entity(conn, officer, Right.ENTITIES_REGISTER, entity_id)
    ensure_not_before("corrected_on", body.corrected_on, "registered_on", entity["registered_on"])
    before = await _details(conn, cipher, entity_id)
    asked = (body.name, body.legal_representative, body.bank_code, body.settlement_account)
    after = tuple(new or old for new, old in zip(asked, before, strict=True))
    if after == before:
        raise NothingCorrected
    name, representative, bank_code, account = after
    await conn.execute(_KEEP_BEFORE, entity_id, body.corrected_on, body.reason, plain(body.evidence), officer.subject)
    await conn.execute(
        _CORRECT,
        entity_id,
        name,
        cipher.encrypt(representative, REPRESENTATIVE_CONTEXT),
        bank_code,
        cipher.encrypt(account, ACCOUNT_CONTEXT),
    )
    return await queries.get_entity(conn, officer, cipher, entity_id, body.corrected_on)


async def end_entity(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, body: EntityTerminationIn
) -> EntityDetail:
    """Enter that an entity does not act as one any more; nothing about it is deleted.

    Raises:
        EntityUnknown, EntityEnded, DateBeforeStep, HouseholdsStillBound
    """
    entity = await lock_entity(conn, officer, Right.ENTITIES_REGISTER, entity_id)
    ensure_not_before("ended_on", body.ended_on, "registered_on", entity["registered_on"])
    household_count = await conn.fetchval(_STILL_BOUND, entity_id, body.ended_on)
    if household_count:
        raise HouseholdsStillBound(household_count)
    await conn.execute(_END, entity_id, body.ended_on, body.reason, officer.subject)
    return await queries.get_entity(conn, officer, cipher, entity_id, body.ended_on)


async def check_condition(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, body: ConditionCheckIn
) -> EntityDetail:
    """Record what was found about one condition of the county's pack; the latest that has begun counts (SX-4).

    Raises:
        EntityUnknown, EntityEnded, NoPackInForce, ConditionUnknown, PeriodEmpty
    """
    entity = await lock_entity(conn, officer, Right.ENTITIES_CHECK, entity_id)
    pack = (await get_pack_in_force(conn, entity["region_code"], body.valid_from)).pack
    known = [term.code for term in pack.entity_rules().conditions]
    if body.condition not in known:
        raise ConditionUnknown(body.condition, known)
    if body.valid_until is not None:
        ensure_period("valid_from", body.valid_from, "valid_until", body.valid_until)
    await conn.execute(
        _CHECK,
        entity_id,
        body.condition,
        body.met,
        body.valid_from,
        body.valid_until,
        body.reason,
        plain(body.evidence),
        officer.subject,
    )
    return await queries.get_entity(conn, officer, cipher, entity_id, body.valid_from)


async def propose_assessment(
    conn: Connection, officer: Principal, entity_id: UUID, body: AssessmentIn
) -> AssessmentOut:
    """Propose how many households' loans and how much money an entity can carry; another officer confirms (SX-4).

    Raises:
        EntityUnknown, EntityEnded, AssessmentProposed, PeriodEmpty
    """
    await lock_entity(conn, officer, Right.ENTITIES_ASSESS, entity_id)
    open_id = await conn.fetchval(_PROPOSED, entity_id)
    if open_id is not None:
        raise AssessmentProposed(open_id)
    ensure_period("assessed_on", body.assessed_on, "valid_until", body.valid_until)
    assessment_id = new_id()
    await conn.execute(
        _PROPOSE,
        assessment_id,
        entity_id,
        body.households_max,
        body.amount_max,
        body.assessed_on,
        body.valid_until,
        body.reason,
        plain(body.evidence),
        officer.subject,
    )
    return await queries.get_assessment(conn, assessment_id)


async def decide_assessment(
    conn: Connection, officer: Principal, assessment_id: UUID, body: AssessmentDecisionIn
) -> AssessmentOut:
    """Confirm or reject what another officer proposed; a confirmed assessment caps bindings from that day on.

    Raises:
        AssessmentUnknown, MakerIsChecker, AssessmentDecided, DateBeforeStep, EntityBlacklisted, PeriodEmpty
    """
    found = await conn.fetchrow(_LOCK_ASSESSMENT, assessment_id)
    scopes = tuple(officer.regions_for(Right.ENTITIES_CONFIRM))
    if found is None or not found["region_code"].startswith(scopes):
        raise AssessmentUnknown(assessment_id)
    if found["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if found["state"] != "proposed":
        raise AssessmentDecided(assessment_id, found["state"])
    ensure_not_before("decided_on", body.decided_on, "assessed_on", found["assessed_on"])
    if body.decision == "confirm":
        await ensure_not_blacklisted(conn, found["entity_id"], body.decided_on)
        ensure_period("decided_on", body.decided_on, "valid_until", found["valid_until"])
    await conn.execute(_DECIDE, assessment_id, _DECIDED[body.decision], officer.subject, body.decided_on, body.reason)
    return await queries.get_assessment(conn, assessment_id)


async def lock_entity(conn: Connection, officer: Principal, right: Right, entity_id: UUID) -> Record:
    """Lock an active entity in a region where the officer holds the right.

    Raises:
        EntityUnknown, EntityEnded
    """
    entity = await conn.fetchrow(_LOCK, entity_id)
    if entity is None or not entity["region_code"].startswith(tuple(officer.regions_for(right))):
        raise EntityUnknown(entity_id)
    if entity["state"] == "ended":
        raise EntityEnded(entity_id, entity["ended_on"])
    return entity


async def ensure_not_blacklisted(conn: Connection, entity_id: UUID, on: date) -> None:
    """Refuse that a blacklisted entity takes on a project: whoever is listed now, or was on that day (LG-22).

    Raises: EntityBlacklisted.
    """
    listed_on = await conn.fetchval(_BLACKLISTED, entity_id, on)
    if listed_on is not None:
        raise EntityBlacklisted(entity_id, listed_on)


async def _details(conn: Connection, cipher: PiiCipher, entity_id: UUID) -> tuple[str, str, str, str]:
    row = await conn.fetchrow(_DETAILS, entity_id)
    assert row is not None
    representative = cipher.decrypt(row["legal_representative_sealed"], REPRESENTATIVE_CONTEXT)
    account = cipher.decrypt(row["settlement_account_sealed"], ACCOUNT_CONTEXT)
    return row["name"], representative, row["bank_code"], account


_COUNT_VERSION = "UPDATE implementing_entity SET version = version + 1 WHERE id = $1 RETURNING version"


async def count_version(conn: Connection, entity_id: UUID) -> int:
    """Count one more event about an entity and return its number."""
    version: int = await conn.fetchval(_COUNT_VERSION, entity_id)
    return version
