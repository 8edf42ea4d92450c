"""Named reads of lists, requests and quotas."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.policy.packs.queries import find_packs_in_force
from services.registry.standing.lists.pack_rules import list_effect_rules
from services.registry.standing.lists.refusals import ListingUnknown
from services.registry.standing.lists.rules import ListEffectRules, entity_effects, household_effects
from services.registry.standing.lists.schemas import (
    EffectOut,
    ListingDetail,
    ListingOut,
    ListingRequestOut,
    ListingState,
    ListingStepOut,
    ListName,
    QuotaCutOut,
    RequestKind,
    RequestState,
    VillageQuotaCutOut,
    VillageQuotaOut,
)
from shared.access import Principal, Right
from shared.db import Connection

# An entry follows its household: who may read it is decided by where the household lives now.
_ENTRIES = """
SELECT l.id, l.household_id, h.number AS household_number, l.entity_id, e.name AS entity_name, l.village_code,
       p.region_code, l.list_name, l.source, l.cause, l.reason, l.evidence, l.loan_id, l.office, s.state, l.listed_on,
       l.ends_on, s.cleared_on, CASE WHEN s.cleared_on IS NOT NULL THEN l.clear_cause END AS clear_cause
FROM listing l LEFT JOIN household h ON h.id = l.household_id LEFT JOIN implementing_entity e ON e.id = l.entity_id
CROSS JOIN LATERAL (SELECT coalesce(h.village_code, e.region_code) AS region_code) p
CROSS JOIN LATERAL (
  SELECT CASE WHEN l.ends_on <= {day} THEN 'cleared' ELSE l.state END AS state,
         CASE WHEN l.state = 'cleared' OR l.ends_on <= {day} THEN l.cleared_on END AS cleared_on
) s
"""
_LISTINGS = (
    _ENTRIES.format(day="$10::date")
    + """
WHERE p.region_code ^@ $1 AND p.region_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR l.list_name = $3)
  AND ($4::date IS NULL OR (l.listed_on <= $4 AND (l.cleared_on IS NULL OR l.cleared_on > $4)))
  AND ($5::text IS NULL OR s.state = $5)
  AND ($6::uuid IS NULL OR l.household_id = $6) AND ($7::uuid IS NULL OR l.entity_id = $7)
  AND ($8::uuid IS NULL OR l.id > $8)
ORDER BY l.id LIMIT $9
"""
)
_ONE = _ENTRIES.format(day="$3::date") + " WHERE l.id = $1 AND p.region_code ^@ ANY ($2::text[])"
_STEPS = """
SELECT kind, happened_on, reason, recorded_by, request_id, recorded_at FROM listing_event
WHERE listing_id = $1 ORDER BY id
"""
_REQUESTS = """
SELECT r.id, r.kind, coalesce(r.listing_id, l.id) AS listing_id, r.household_id, r.entity_id, p.region_code,
       r.list_name, r.cause, r.reason, r.evidence, r.filed_by, r.filed_on, r.decision_due_on, r.ends_on, r.state,
       r.decided_by,
       r.decided_on, r.decision_reason, coalesce(r.decided_on, $1) > r.decision_due_on AS is_late
FROM listing_request r LEFT JOIN listing l ON l.request_id = r.id
LEFT JOIN household h ON h.id = r.household_id LEFT JOIN implementing_entity e ON e.id = r.entity_id
CROSS JOIN LATERAL (SELECT coalesce(h.village_code, e.region_code) AS region_code) p
"""
_REQUEST_LIST = (
    _REQUESTS
    + """
WHERE p.region_code ^@ $2 AND p.region_code ^@ ANY ($3::text[]) AND ($4::text IS NULL OR r.kind = $4)
  AND ($5::text IS NULL OR r.state = $5) AND ($6::uuid IS NULL OR r.id > $6)
ORDER BY r.id LIMIT $7
"""
)
_REQUEST = _REQUESTS + " WHERE r.id = $2"
_REQUESTS_OF = _REQUESTS + " WHERE r.listing_id = $2 OR l.id = $2 ORDER BY r.id"
_REGION_OF = """
SELECT coalesce((SELECT village_code FROM household WHERE id = $1),
                (SELECT region_code FROM implementing_entity WHERE id = $2))
"""
_QUOTAS = """
SELECT q.village_code, r.name AS village_name, trim_scale(q.share_left)::text AS share_left
FROM village_quota q JOIN region r ON r.code = q.village_code
WHERE q.village_code ^@ $1 AND q.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR q.village_code > $3)
ORDER BY q.village_code LIMIT $4
"""
_CUT_COLUMNS = """
SELECT c.village_code, c.loan_id, trim_scale(c.cut_share)::text AS cut_share, c.effective_on,
       k.closed_on AS loan_closed_on, r.effective_on AS restored_on, r.request_id AS appeal_id
FROM village_quota_cut c LEFT JOIN household_loan k ON k.loan_id = c.loan_id
LEFT JOIN village_quota_restoration r ON r.loan_id = c.loan_id
"""
_CUTS = _CUT_COLUMNS + " WHERE c.village_code = ANY ($1::text[]) ORDER BY c.effective_on, c.loan_id"
_CUT_OF_ENTRY = _CUT_COLUMNS + " JOIN listing l ON l.loan_id = c.loan_id AND l.cause = 'malicious' WHERE l.id = $1"


async def list_listings(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    today: date,
    list_name: ListName | None,
    on: date | None,
    state: ListingState | None,
    household: UUID | None,
    entity: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[ListingOut]:
    """Return up to `limit` entries of the lists; with `on` only those that hold on that day."""
    scopes = officer.regions_for(Right.LISTS_READ)
    rows = await conn.fetch(
        _LISTINGS, region, scopes, list_name, on, state, household, entity, after, limit, on or today
    )
    rules = await _rules_by_region(conn, rows, on or today)
    return [ListingOut(**row, effects=_effects(row, rules)) for row in rows]


async def get_listing(conn: Connection, officer: Principal, listing_id: UUID, today: date) -> ListingDetail:
    """Return one entry with every step of it, every request about it, and the cut of its village's quota.

    Raises:
        ListingUnknown: there is none in the officer's region.
    """
    row = await conn.fetchrow(_ONE, listing_id, officer.regions_for(Right.LISTS_READ), today)
    if row is None:
        raise ListingUnknown(listing_id)
    rules = await _rules_by_region(conn, [row], today)
    cut = await conn.fetchrow(_CUT_OF_ENTRY, listing_id)
    return ListingDetail(
        **row,
        quota_cut=VillageQuotaCutOut(**cut) if cut else None,
        effects=_effects(row, rules),
        steps=[ListingStepOut(**each) for each in await conn.fetch(_STEPS, listing_id)],
        requests=[ListingRequestOut(**each) for each in await conn.fetch(_REQUESTS_OF, today, listing_id)],
    )


async def list_requests(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    as_of: date,
    kind: RequestKind | None,
    state: RequestState | None,
    after: UUID | None,
    limit: int,
) -> list[ListingRequestOut]:
    """Return up to `limit` proposals, appeals and removals in the order of filing; `late` as of that day."""
    scopes = officer.regions_for(Right.LISTS_READ)
    rows = await conn.fetch(_REQUEST_LIST, as_of, region, scopes, kind, state, after, limit)
    return [ListingRequestOut(**row) for row in rows]


async def get_request(conn: Connection, request_id: UUID, as_of: date) -> ListingRequestOut:
    """Return one request that a record of ours points to."""
    row = await conn.fetchrow(_REQUEST, as_of, request_id)
    assert row is not None
    return ListingRequestOut(**row)


async def region_of_subject(conn: Connection, household_id: UUID | None, entity_id: UUID | None) -> str:
    """Return the village of a household on file, or the region of an entity on file."""
    return str(await conn.fetchval(_REGION_OF, household_id, entity_id))


async def _rules_by_region(conn: Connection, rows: Sequence[Record], on: date) -> dict[str, ListEffectRules]:
    """Return what lists bar in each region of the rows; one without a pack on that day is left out."""
    packs = await find_packs_in_force(conn, {row["region_code"] for row in rows}, on)
    return {region: list_effect_rules(found.pack) for region, found in packs.items() if found}


def _effects(row: Record, rules: Mapping[str, ListEffectRules]) -> list[EffectOut]:
    found = rules.get(row["region_code"])
    if found is None or row["state"] == "cleared":
        return []
    effects = household_effects if row["household_id"] else entity_effects
    return [EffectOut(**asdict(effect)) for effect in effects(row["list_name"], found)]


async def list_quotas(
    conn: Connection, officer: Principal, *, region: str, after: str | None, limit: int
) -> list[VillageQuotaOut]:
    """Return up to `limit` villages whose quota was cut, with every cut."""
    quotas = await conn.fetch(_QUOTAS, region, officer.regions_for(Right.LISTS_READ), after, limit)
    cuts: dict[str, list[QuotaCutOut]] = defaultdict(list)
    for row in await conn.fetch(_CUTS, [quota["village_code"] for quota in quotas]):
        values: dict[str, Any] = dict(row)
        cuts[values.pop("village_code")].append(QuotaCutOut(**values))
    return [_quota(quota, cuts[quota["village_code"]]) for quota in quotas]


def _quota(row: Record, cuts: list[QuotaCutOut]) -> VillageQuotaOut:
    """Say what was cut and what holds: an accepted appeal takes a cut back, a repaid loan does not (FJ-12)."""
    restored = sum(cut.restored_on is not None for cut in cuts)
    repaid = sum(cut.loan_closed_on is not None and cut.restored_on is None for cut in cuts)
    name, left = row["village_name"], row["share_left"]
    return VillageQuotaOut(
        **row,
        cuts=cuts,
        zh=f"{name}因{len(cuts)}笔恶意拖欠贷款被削减额度，剩余比例{left}；其中{restored}笔经申诉成立已恢复，"
        f"{repaid}笔已结清，额度不因结清而恢复。",
        en=f"The quota of {name} was cut over {len(cuts)} malicious default(s); {left} of it is left. {restored} of "
        f"the cuts were taken back after an accepted appeal; {repaid} more of the loans are repaid by now, which does "
        "not restore the quota.",
    )
