"""What a service did about events and calls: once for each event, key and business day (X2, X8)."""

from collections import Counter
from typing import Final

from tools.reconcile.checks import check
from tools.reconcile.databases import SERVICES
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

# Loans, closings and defaults that a correction may undo are compared loan by loan, as they stand (X4, X9, X11).
# consumer, event, what in the event names the effect (or each of its effects), and the rows that are the effects
LOAN, PACK = "data->>'loan_id'", "data->>'pack_id'"
PACKS = "SELECT pack_id FROM policy_pack"
EFFECTS: Final = (
    ("subsidy-lending", "loan-disbursed", LOAN, "SELECT loan_id FROM subsidy_account"),
    ("riskfund-lending", "loan-disbursed", LOAN, "SELECT loan_id FROM covered_loan"),
    ("riskfund-lending", "default-confirmed", "data->>'default_report_id'", "SELECT id FROM loan_default"),
    ("riskfund-lending", "recovery-recorded", "data->>'recovery_id'", "SELECT id FROM recovery"),
    ("riskfund-lending", "recovery-reversed", "data->>'recovery_id'", "SELECT recovery_id FROM recovery_reversal"),
    ("lending-riskfund", "claim-paid", "data->>'claim_id'", "SELECT claim_id FROM loan WHERE claim_id IS NOT NULL"),
    ("lending-subsidy", "reference-rate-published", "data->>'rate_id'", "SELECT rate_id FROM reference_rate"),
    ("lending-registry", "village-quota-cut", LOAN, "SELECT loan_id FROM village_quota_cut"),
    ("lending-registry", "village-quota-restored", LOAN, "SELECT loan_id FROM village_quota_restored"),
    ("lending-registry", "policy-pack-confirmed", PACK, PACKS),
    ("subsidy-registry", "policy-pack-confirmed", PACK, PACKS),
    ("riskfund-registry", "policy-pack-confirmed", PACK, PACKS),
    ("subsidy-registry", "household-status-changed", "aggregate_id::text || ' ' || aggregate_version",
     "SELECT household_id::text || ' ' || version FROM household_state WHERE version > 0"),
    ("subsidy-registry", "households-registered", "jsonb_array_elements(data->'households')->>'household_id'",
     "SELECT household_id FROM household_state WHERE version = 0"),
    ("subsidy-registry", "household-merged", "data->>'household_id'",
     "SELECT household_id FROM household_end WHERE reason = 'merged'"),
    ("subsidy-registry", "household-ended", "data->>'household_id'",
     "SELECT household_id FROM household_end WHERE reason <> 'merged'"),
    ("gateway-registry", "region-changed", "data->>'change_id' || ' ' || (jsonb_array_elements(data->'successions')"
     "->>'from_code') || ' ' || (jsonb_array_elements(data->'successions')->>'to_code')",
     "SELECT change_id || ' ' || from_code || ' ' || to_code FROM region_succession"),
)  # fmt: skip
_HEARD = "SELECT event_id::text FROM inbox WHERE consumer = $1 AND event_name = $2 AND state = 'applied'"


@check("X2", "一事一效", "Every event received has its effect exactly once, and every effect an event")
async def effects(world: World, found: Findings) -> None:
    """Compare, for each kind of event, the events applied with the rows that came of them."""
    for consumer, event_name, names, rows in EFFECTS:
        service, owner = consumer.split("-")
        heard = Counter(row[0] for row in await world[service].rows(_HEARD, consumer, event_name))
        published = await world[owner].rows(
            f"SELECT event_id::text, {names} FROM outbox WHERE event_name = $1", event_name
        )
        causes = Counter(effect for event_id, effect in published if event_id in heard)
        there = Counter(str(row[0]) for row in await world[service].rows(rows))
        what = f"{consumer}: effects of {event_name}"
        if causes == there:
            found.compared += len(there)
        else:
            found.same_maps(what, causes, there)


_KEYS = """
SELECT md5(principal || '/' || key), 'answered with success', true,
  http_status BETWEEN 200 AND 299 AND octet_length(request_hash) = 32 AND answer IS JSON
FROM idempotency_key
"""
_KEYS_ONCE = """
SELECT md5(principal || '/' || key), 'answers of one key', 1::bigint, count(*) FROM idempotency_key
GROUP BY principal, key
"""
_JOBS_ONCE = """
SELECT job || ' ' || scope || ' ' || business_date, 'runs of one job and day', 1::bigint, count(*)
FROM job_run GROUP BY job, scope, business_date
"""


@check("X8", "幂等键", "Every Idempotency-Key has one stored answer; every job ran once for its day")
async def keys(world: World, found: Findings) -> None:
    """Check stored answers and job runs."""
    for service in SERVICES:
        for statement in (_KEYS, _KEYS_ONCE, _JOBS_ONCE):
            await found.sql(world[service], statement)
