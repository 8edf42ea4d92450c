"""Named reads of implementing entities; personal data leaves masked."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.policy.packs.queries import get_pack_in_force, get_packs_in_force
from services.registry.register.households.masking import masked_name
from services.registry.standing.eligibility.pack_rules import borrowing_rules
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.entities.facts import entity_facts
from services.registry.standing.entities.refusals import EntityUnknown
from services.registry.standing.entities.rules.binding import entity_barriers
from services.registry.standing.entities.rules.capacity import capacity_of
from services.registry.standing.entities.schemas import (
    AssessmentOut,
    BarrierOut,
    BindingOut,
    ConditionCheckOut,
    ConditionOut,
    DeterminationOut,
    EntityCorrectionOut,
    EntityDetail,
    EntityKind,
    EntityOut,
    EntityState,
    PublicRecordOut,
)
from services.registry.standing.entities.sealed import ACCOUNT_CONTEXT, REPRESENTATIVE_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher, masked_tail
from shared.policy.household_facts import EntityFacts

_ENTITIES = """
SELECT id, version, county_code, region_code, name, credit_code, kind, legal_representative_sealed, bank_code,
       settlement_account_sealed, state, registered_on, registered_by, ended_on, end_reason
FROM implementing_entity e
"""
# An entity works for households of the whole county, so every officer of the county may read about it.
_VISIBLE = "EXISTS (SELECT FROM unnest($1::text[]) AS scope WHERE e.region_code ^@ scope OR scope ^@ e.county_code)"
_LIST = f"""{_ENTITIES}
WHERE {_VISIBLE} AND e.region_code ^@ $2 AND ($3::text IS NULL OR e.kind = $3)
  AND ($4::text IS NULL OR e.state = $4) AND ($5::text IS NULL OR e.credit_code = $5)
  AND ($6::uuid IS NULL OR e.id > $6)
ORDER BY e.id LIMIT $7
"""
_ONE = f"{_ENTITIES} WHERE {_VISIBLE} AND e.id = $2"
_CHECKS = """
SELECT condition, met, valid_from, valid_until, reason, evidence, checked_by, checked_at FROM entity_condition
WHERE entity_id = $1 ORDER BY id
"""
_ASSESSMENT_COLUMNS = (
    "id, entity_id, households_max, amount_max, assessed_on, valid_until, reason, evidence, state, proposed_by, "
    "decided_by, decided_on, decision_reason"
)
_ASSESSMENTS = f"SELECT {_ASSESSMENT_COLUMNS} FROM entity_assessment WHERE entity_id = $1 ORDER BY id"  # noqa: S608 - our own columns
_ASSESSMENT = f"SELECT {_ASSESSMENT_COLUMNS} FROM entity_assessment WHERE id = $1"  # noqa: S608 - our own columns
_DETERMINATIONS = """
SELECT party, organisation, agrees, decided_on, reason, evidence, decided_by, decided_at FROM entity_determination
WHERE entity_id = $1 ORDER BY id
"""
_CORRECTIONS = """
SELECT name, legal_representative_sealed, bank_code, settlement_account_sealed, corrected_on, reason, evidence,
       corrected_by, corrected_at
FROM entity_correction WHERE entity_id = $1 ORDER BY id
"""
_PUBLIC_RECORDS = """
SELECT id, kind, number, title, authority, decided_on, valid_until, source, recorded_by, withdrawn_on, withdraw_reason,
       withdrawn_by
FROM entity_public_record WHERE entity_id = $1 ORDER BY decided_on DESC, id DESC LIMIT 500
"""
_BINDINGS = """
SELECT b.id, b.entity_id, e.name AS entity_name, b.household_id, h.number AS household_number, h.village_code, b.mode,
       b.agreement_number, b.amount, b.valid_from, b.valid_until, b.end_reason, b.bound_by, b.ended_by, b.choice,
       EXISTS (SELECT FROM listing l WHERE l.entity_id = b.entity_id AND l.list_name = 'blacklist'
                 AND l.listed_on <= $1 AND (l.cleared_on IS NULL OR l.cleared_on > $1)) AS flagged
FROM entity_household b JOIN implementing_entity e ON e.id = b.entity_id JOIN household h ON h.id = b.household_id
"""
_BINDING_LIST = f"""{_BINDINGS}
WHERE h.village_code ^@ $2 AND h.village_code ^@ ANY ($3::text[])
  AND ($4::uuid IS NULL OR b.entity_id = $4) AND ($5::uuid IS NULL OR b.household_id = $5)
  AND (NOT $6::boolean OR (b.valid_from <= $1 AND (b.valid_until IS NULL OR b.valid_until > $1)))
  AND ($7::uuid IS NULL OR b.id > $7)
ORDER BY b.id LIMIT $8
"""
_BINDING = f"{_BINDINGS} WHERE b.id = $2"


async def list_entities(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    *,
    region: str,
    kind: EntityKind | None,
    state: EntityState | None,
    credit_code: str | None,
    as_of: date,
    after: UUID | None,
    limit: int,
) -> list[EntityOut]:
    """Return up to `limit` entities as they stand on a day, in the order of registration.

    Raises:
        NoPackInForce: a region has none for that day.
    """
    scopes = officer.regions_for(Right.ENTITIES_READ)
    rows = await conn.fetch(_LIST, scopes, region, kind, state, credit_code, after, limit)
    known = await entity_facts(conn, [row["id"] for row in rows], as_of)
    packs = await get_packs_in_force(conn, {row["region_code"] for row in rows}, as_of)
    rules = {region: borrowing_rules(found) for region, found in packs.items()}
    return [EntityOut(**_shown(row, known[row["id"]], rules[row["region_code"]], cipher, as_of)) for row in rows]


async def get_entity(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, as_of: date
) -> EntityDetail:
    """Return everything on file about one entity as it stands on a day.

    Raises:
        EntityUnknown: there is none in the officer's county.
        NoPackInForce: the region has none for that day.
    """
    row = await conn.fetchrow(_ONE, officer.regions_for(Right.ENTITIES_READ), entity_id)
    if row is None:
        raise EntityUnknown(entity_id)
    known = (await entity_facts(conn, [entity_id], as_of))[entity_id]
    rules = borrowing_rules(await get_pack_in_force(conn, row["region_code"], as_of))
    return EntityDetail(
        **_shown(row, known, rules, cipher, as_of),
        as_of=as_of,
        conditions=_conditions(known, rules),
        checks=[ConditionCheckOut(**each) for each in await conn.fetch(_CHECKS, entity_id)],
        assessments=[AssessmentOut(**each) for each in await conn.fetch(_ASSESSMENTS, entity_id)],
        determinations=[DeterminationOut(**each) for each in await conn.fetch(_DETERMINATIONS, entity_id)],
        corrections=[
            EntityCorrectionOut(**_masked(each, cipher)) for each in await conn.fetch(_CORRECTIONS, entity_id)
        ],
        public_records=[PublicRecordOut(**each) for each in await conn.fetch(_PUBLIC_RECORDS, entity_id)],
    )


async def get_assessment(conn: Connection, assessment_id: UUID) -> AssessmentOut:
    """Return one assessment that a record of ours points to."""
    row = await conn.fetchrow(_ASSESSMENT, assessment_id)
    assert row is not None
    return AssessmentOut(**row)


async def list_bindings(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    entity: UUID | None,
    household: UUID | None,
    as_of: date,
    only_open: bool,
    after: UUID | None,
    limit: int,
) -> list[BindingOut]:
    """Return up to `limit` bindings of households of a region; with `only_open` those that hold on `as_of`."""
    scopes = officer.regions_for(Right.ENTITIES_READ)
    rows = await conn.fetch(_BINDING_LIST, as_of, region, scopes, entity, household, only_open, after, limit)
    return [BindingOut(**row) for row in rows]


async def get_binding(conn: Connection, binding_id: UUID, as_of: date) -> BindingOut:
    """Return one binding that a record of ours points to."""
    row = await conn.fetchrow(_BINDING, as_of, binding_id)
    assert row is not None
    return BindingOut(**row)


def _shown(row: Record, known: EntityFacts, rules: BorrowingRules, cipher: PiiCipher, as_of: date) -> dict[str, Any]:
    left = capacity_of(known)
    return {
        **_masked(row, cipher),
        "lists": list(known.lists),
        "conditions_missing": [each.condition for each in _conditions(known, rules) if not each.met],
        "capacity_valid_until": known.valid_until,
        "households_max": known.households_max,
        "amount_max": known.amount_max,
        "household_count": known.households,
        "amount": known.amount,
        "households_left": left.households_left,
        "amount_left": left.amount_left,
        "capacity_exceeded": left.exceeded,
        "barriers": [BarrierOut(**asdict(reason)) for reason in entity_barriers(known, rules, as_of)],
    }


def _masked(row: Record, cipher: PiiCipher) -> dict[str, Any]:
    values: dict[str, Any] = dict(row)
    representative = cipher.decrypt(values.pop("legal_representative_sealed"), REPRESENTATIVE_CONTEXT)
    account = cipher.decrypt(values.pop("settlement_account_sealed"), ACCOUNT_CONTEXT)
    return {**values, "legal_representative": masked_name(representative), "settlement_account": masked_tail(account)}


def _conditions(known: EntityFacts, rules: BorrowingRules) -> list[ConditionOut]:
    return [
        ConditionOut(
            condition=term.code,
            zh=term.zh,
            en=term.en,
            clause=rules.clauses["conditions"],
            met=term.code in known.conditions_met,
        )
        for term in rules.entities.conditions
    ]
