"""Registry: people, households, states, lists and packs (R1 to R5)."""

import hashlib
import json
from typing import Any

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.packs import Pack
from tools.reconcile.world import World

_PERSONS = """
SELECT encode(substring(resident_id_index FROM 1 FOR 6), 'hex'), 'active households of one person', 1::bigint, count(*)
FROM member WHERE left_on IS NULL GROUP BY resident_id_index
"""
_MEMBERS = """
SELECT h.id::text, v.what, v.expected, v.found
FROM household h
LEFT JOIN (SELECT household_id, count(*) AS count, count(*) FILTER (WHERE is_head) AS heads
           FROM member WHERE left_on IS NULL GROUP BY 1) m ON m.household_id = h.id
CROSS JOIN LATERAL (VALUES
  ('members on file ≤ members stated', least(coalesce(m.count, 0), h.member_count), coalesce(m.count, 0)),
  ('heads', (h.ended_on IS NULL)::int::bigint, coalesce(m.heads, 0)),
  ('members of an ended household', 0::bigint, CASE WHEN h.ended_on IS NULL THEN 0 ELSE coalesce(m.count, 0) END),
  ('village by its history', 1::bigint, (SELECT count(*) FROM (SELECT village_code FROM household_village w
    WHERE w.household_id = h.id ORDER BY valid_from DESC, id DESC LIMIT 1) w WHERE w.village_code = h.village_code))
) AS v (what, expected, found)
"""
_PLACES = """
SELECT h.id::text, v.what, true, v.is_so
FROM household h LEFT JOIN region r ON r.code = h.village_code
CROSS JOIN LATERAL (VALUES
  ('village of the region tree', r.level = 'village'),
  ('village whose code holds', h.ended_on IS NOT NULL OR r.valid_until IS NULL)
) AS v (what, is_so)
"""


@check("R1", "一人一户", "A person is in one active household; every household that has not ended has one head")
async def persons(world: World, found: Findings) -> None:
    """Count persons by the index of their number, and each household's members."""
    for statement in (_PERSONS, _MEMBERS, _PLACES):
        await found.sql(world["registry"], statement)


_STATES = """
SELECT h.id::text, v.what, v.expected, v.found
FROM household h
LEFT JOIN (SELECT aggregate_id, count(*) AS events,
             count(*) FILTER (WHERE event_name = 'household-status-changed') AS changes
           FROM outbox WHERE aggregate_type = 'household' GROUP BY 1) e ON e.aggregate_id = h.id
LEFT JOIN (SELECT (household->>'household_id')::uuid AS household_id, count(*) AS times
           FROM outbox CROSS JOIN LATERAL jsonb_array_elements(data->'households') AS household
           WHERE event_name = 'households-registered' GROUP BY 1) t ON t.household_id = h.id
LEFT JOIN (SELECT household_id, count(*) AS changes FROM household_state_change GROUP BY 1) c ON c.household_id = h.id
LEFT JOIN (SELECT DISTINCT ON (household_id) household_id, state, effective_from FROM household_state_change
           ORDER BY household_id, effective_from DESC, id DESC) s ON s.household_id = h.id
CROSS JOIN LATERAL (VALUES
  ('version = number of its events', coalesce(e.events, 0)::text, h.version::text),
  ('changes of state published', coalesce(c.changes, 0)::text, (coalesce(e.changes, 0) + coalesce(t.times, 0))::text),
  ('state by its history', s.state, h.poverty_state),
  ('since', s.effective_from::text, h.poverty_state_from::text)
) AS v (what, expected, found)
"""
_ON_REGISTER = "SELECT count(*) FROM household WHERE ended_on IS NULL"
_IMPORTS = """
SELECT i.id::text, v.what, v.expected, v.found
FROM household_import i
LEFT JOIN (SELECT import_id, count(*) AS count FROM household GROUP BY 1) h ON h.import_id = i.id
LEFT JOIN (SELECT import_id, count(*) AS count FROM household_import_rejection GROUP BY 1) r ON r.import_id = i.id
CROSS JOIN LATERAL (VALUES
  ('rows', i.row_count::bigint, (i.registered_count + i.already_registered_count + i.rejected_count)::bigint),
  ('registered', CASE WHEN i.kind = 'households' THEN coalesce(h.count, 0) ELSE i.registered_count END,
   i.registered_count::bigint),
  ('rejected', coalesce(r.count, 0), i.rejected_count::bigint)
) AS v (what, expected, found)
"""


@check("R2", "农户状态与导入", "A household's state is its last mark, published as often as it changed; imports add up")
async def states(world: World, found: Findings) -> None:
    """Compare households with their history, their events and the files they came by."""
    await found.sql(world["registry"], _STATES)
    await found.sql(world["registry"], _IMPORTS)
    world.figures["households_registered"] = await world["registry"].value(_ON_REGISTER)


_QUOTAS = """
SELECT q.village_code, v.what, v.expected, v.found
FROM village_quota q
LEFT JOIN (SELECT x.village_code, count(*) AS cuts, count(r.loan_id) AS restored,
             count(*) FILTER (WHERE r.loan_id IS NULL AND cut_share = 1) AS whole,
             round(exp(sum(ln(1 - cut_share)) FILTER (WHERE r.loan_id IS NULL AND cut_share < 1)), 6) AS left
           FROM village_quota_cut x LEFT JOIN village_quota_restoration r ON r.loan_id = x.loan_id
           GROUP BY 1) c ON c.village_code = q.village_code
LEFT JOIN (SELECT aggregate_id, count(*) FILTER (WHERE event_name = 'village-quota-cut') AS cuts,
             count(*) FILTER (WHERE event_name = 'village-quota-restored') AS restored
           FROM outbox WHERE aggregate_type = 'village' GROUP BY 1) e ON e.aggregate_id = q.id
CROSS JOIN LATERAL (VALUES
  ('version = number of cuts and restorations', coalesce(c.cuts + c.restored, 0)::numeric, q.version::numeric),
  ('cuts published', coalesce(c.cuts, 0)::numeric, coalesce(e.cuts, 0)::numeric),
  ('restorations published', coalesce(c.restored, 0)::numeric, coalesce(e.restored, 0)::numeric),
  ('share left', CASE WHEN c.whole > 0 THEN 0 ELSE coalesce(c.left, 1) END, round(q.share_left, 6))
) AS v (what, expected, found)
"""
_LISTED = """
SELECT l.id::text, v.what, v.expected, v.found
FROM listing l CROSS JOIN LATERAL (VALUES
  ('listing published', 1::bigint, (
    SELECT count(*) FROM outbox e WHERE e.aggregate_id = coalesce(l.household_id, l.entity_id)
      AND e.event_name IN ('household-listed', 'entity-listed') AND e.data->>'list_name' = l.list_name
      AND CASE e.schema_version WHEN 1 THEN coalesce(e.data->>'listing_id', e.data->>'loan_id')
          IN (l.id::text, l.loan_id::text) ELSE e.data->>'listing_id' = l.id::text END)),
  ('steps on file', 1 + (l.state = 'cleared')::integer::bigint, (
    SELECT count(*) FILTER (WHERE s.kind = 'listed') + least(count(*) FILTER (WHERE s.kind <> 'listed'), 1)
    FROM listing_event s WHERE s.listing_id = l.id AND s.kind IN ('listed', 'cleared', 'overturned')))
) AS v (what, expected, found)
"""
_ENTITIES = """
SELECT n.id::text, v.what, v.expected, v.found
FROM implementing_entity n
CROSS JOIN LATERAL (
  SELECT count(*)::numeric AS households, coalesce(sum(amount), 0) AS amount FROM entity_household
  WHERE entity_id = n.id AND valid_until IS NULL
) b
CROSS JOIN LATERAL (
  SELECT max(households_max)::numeric AS households, max(amount_max) AS amount FROM entity_assessment
  WHERE entity_id = n.id AND state = 'confirmed'
) a
CROSS JOIN LATERAL (VALUES
  ('version = number of its events', (SELECT count(*)::numeric FROM outbox WHERE aggregate_id = n.id),
    n.version::numeric),
  ('households bound ≤ assessed', least(b.households, a.households), b.households),
  ('yuan bound ≤ assessed', least(b.amount, a.amount), b.amount)
) AS v (what, expected, found)
"""
_ACCOUNTS = """
SELECT household_id::text, v.what, v.expected, v.found
FROM (SELECT household_id, count(*) AS count, max(version) AS version, count(*) FILTER (WHERE valid) AS valid
      FROM bank_account GROUP BY 1) a
CROSS JOIN LATERAL (VALUES
  ('account versions', a.count, a.version::bigint), ('at most one valid account', least(a.valid, 1), a.valid)
) AS v (what, expected, found)
"""


@check(
    "R3",
    "名单、额度与账户",
    "Quotas are what the cuts leave; every listing was published; one valid account a household",
)
async def lists(world: World, found: Findings) -> None:
    """Recompute village quotas, and check listings and account versions."""
    for statement in (_QUOTAS, _LISTED, _ENTITIES, _ACCOUNTS):
        await found.sql(world["registry"], statement)


_RATINGS = """
SELECT household_id::text || ' ' || id, 'valid for some time', true,
       (credit_limit >= 0 OR grade IS NULL AND credit_limit IS NULL) AND valid_until > valid_from
FROM rating
"""
# The credit limit that the application was judged by is one that the household's ratings gave it on the day of filing.
_LINES = """
SELECT household_id::text, credit_limit, valid_from, valid_until FROM rating
"""
_APPLIED = """
SELECT id::text, household_id::text, credit_limit, filed_on, amount FROM application
WHERE state <> 'refused' AND credit_limit IS NOT NULL
"""


@check("R4", "评级与授信", "Every admitted application was judged by a credit limit its household had on that day")
async def credit_limits(world: World, found: Findings) -> None:
    """Compare the credit limits in lending's applications with registry's ratings."""
    await found.sql(world["registry"], _RATINGS)
    ratings: dict[str, list[Any]] = {}
    for row in await world["registry"].rows(_LINES):
        ratings.setdefault(row["household_id"], []).append(row)
    for row in await world["lending"].rows(_APPLIED):
        valid = [each["credit_limit"] for each in ratings.get(row["household_id"], ())
                 if each["valid_from"] <= row["filed_on"] < each["valid_until"]]  # fmt: skip
        found.holds(
            row["id"],
            "credit limit on the day of filing",
            row["credit_limit"] in valid,
            sorted(set(valid)),
            row["credit_limit"],
        )
        found.holds(
            row["id"],
            "amount within the credit limit",
            row["amount"] <= row["credit_limit"],
            row["credit_limit"],
            row["amount"],
        )


_SIGNED = """
SELECT id::text, v.what, true, v.is_so FROM policy_pack CROSS JOIN LATERAL (VALUES
  ('confirmed by another person', confirmed_by <> submitted_by), ('confirmed after it was submitted',
    confirmed_at >= submitted_at)) AS v (what, is_so)
WHERE state = 'confirmed'
"""
_COPIES = (
    "SELECT pack_id::text, county_code, pack_version, effective_from, content_hash, md5(content::text) FROM policy_pack"
)
_ORIGINALS = """
SELECT id::text, county_code, pack_version, effective_from, content_hash, md5(content::text)
FROM policy_pack WHERE state = 'confirmed'
"""


_CORRECTED_BY_TWO = """
SELECT id::text, v.what, true, v.is_so FROM pack_correction CROSS JOIN LATERAL (VALUES
  ('confirmed by another person', confirmed_by <> proposed_by), ('with a reason', reason <> ''),
  ('from a day not before its confirmation',
    effective_from >= (confirmed_at AT TIME ZONE 'Asia/Shanghai')::date)) AS v (what, is_so)
WHERE state = 'confirmed'
"""
_KEPT_CORRECTIONS = """
SELECT correction_id::text, pack_id::text, number, follows_pack_id::text, keys, effective_from FROM pack_correction
"""
_CORRECTIONS = """
SELECT id::text, pack_id::text, number, follows_pack_id::text, keys, effective_from FROM pack_correction
WHERE state = 'confirmed'
"""


@check("R5", "政策包", "Packs were signed by two persons, are unchanged since, and every service keeps the same")
async def packs(world: World, found: Findings) -> None:
    """Compare packs with their hash, and the copies of the other services with the originals."""
    await found.sql(world["registry"], _SIGNED)
    await found.sql(world["registry"], _CORRECTED_BY_TWO)
    for pack in world.packs.by_id.values():
        found.equal(pack.pack_id, "hash of the content", content_hash(pack), pack.content_hash)
    originals = await world["registry"].map(_ORIGINALS)
    corrections = await world["registry"].map(_CORRECTIONS)
    for service in ("lending", "subsidy", "riskfund"):
        passing = await world.passing(service, "registry")
        copies = await world[service].map(_COPIES)
        found.same_maps(f"pack kept by {service}", originals, copies, passing)
        kept = await world[service].map(_KEPT_CORRECTIONS)
        found.same_maps(f"correction kept by {service}", corrections, kept, passing)


def content_hash(pack: Pack) -> str:
    """Return the SHA-256 of the content without empty values, keys sorted, no blanks."""
    text = json.dumps(_without_empty(pack.content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(each) for key, each in value.items() if each is not None}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
