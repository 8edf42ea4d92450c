"""Named reads of batches and their lines."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.refusals import BatchUnknown
from services.subsidy.batches.rules.due import EXPLAINED
from services.subsidy.batches.schemas import BatchOut, BatchSummary, DecisionOut, LineOut, Withheld
from services.subsidy.batches.sheet import public_sheet
from services.subsidy.clients import look_up_names
from shared.clients import PeerClient
from shared.db import Connection, Database
from shared.prints.sheet import Sheet
from shared.scope import Scope, seen

LINES_AT_ONCE: Final = 1000
_PROGRAMME: Final = "SELECT name FROM programme WHERE id = $1"
IN_SCOPE = """
EXISTS (SELECT 1 FROM unnest($2::text[]) AS g (region) WHERE b.county_code ^@ g.region OR g.region ^@ b.county_code)
"""
_BATCH = f"""
SELECT b.*, b.lines AS line_count, b.households AS household_count, b.held_back AS held_back_count,
  (SELECT coalesce(-sum(amount), 0.00) FROM subsidy_line l WHERE l.batch_id = b.id AND l.kind = 'clawback')
    AS clawed_back,
  (SELECT coalesce(sum(amount), 0.00) FROM subsidy_line l WHERE l.batch_id = b.id AND l.kind = 'supplement')
    AS supplements,
  (SELECT count(*) FROM payment_instruction i WHERE i.batch_id = b.id AND i.state = 'paid') AS households_paid
FROM subsidy_batch b WHERE b.id = $1 AND {IN_SCOPE}
"""  # noqa: S608 - our own text
# One row for each reason that withheld something; `not_covered` is named by its cause, the line's only reason.
_EXCLUDED = f"""
SELECT v.code, count(*)::int AS count, sum(v.withheld) AS interest
FROM subsidy_line l CROSS JOIN LATERAL (VALUES
  (l.reasons[1], l.not_covered), {", ".join(f"('{name}', l.{name})" for name in EXPLAINED[1:])}) v (code, withheld)
WHERE l.batch_id = $1 AND greatest({", ".join(f"l.{name}" for name in EXPLAINED)}) > 0 AND v.withheld > 0
GROUP BY v.code ORDER BY v.code
"""  # noqa: S608 - our own text
_DECISIONS = """
SELECT step, decision, note, decided_on, decided_by, decided_at FROM batch_decision WHERE batch_id = $1 ORDER BY id
"""
_LIST = f"""
SELECT b.*, b.lines AS line_count, b.households AS household_count FROM subsidy_batch b
WHERE ($1::uuid IS NULL OR b.id > $1) AND {IN_SCOPE} AND ($3::text IS NULL OR b.county_code = $3)
  AND ($4::text IS NULL OR b.state = $4)
ORDER BY b.id LIMIT $5
"""  # noqa: S608 - our own text
# The transfer of a line is the household's instruction that was paid, or else the latest one.
_LINES = f"""
SELECT l.id, l.batch_id, l.kind, l.household_id, l.village_code, l.loan_id, l.repayment_id,
  l.installment_number, l.clawback_id, l.interest, l.not_covered, l.stopped, l.beyond_years, l.listed,
  l.above_principal, l.above_cap, l.beyond_share, l.granted_before, l.amount::text AS amount, l.reasons,
  l.days, l.eligible_days,
  trim_scale(l.cap_rate) AS cap_rate, l.live AS is_in_force,
  a.contract_number, a.bank_code, p.bank_reference, p.payer,
  p.period_from, p.period_until, p.paid_on AS interest_paid_on,
  coalesce(p.superseded_by IS NOT NULL, false) AS is_restated,
  (SELECT coalesce(sum(r.amount), 0.00) FROM payment_reduction r WHERE r.line_id = l.id) AS reduced,
  i.id AS instruction_id,
  i.state AS instruction_state, CASE WHEN i.state = 'paid' THEN i.settled_on END AS paid_on
FROM subsidy_line l
JOIN subsidy_account a ON a.loan_id = l.loan_id
LEFT JOIN interest_payment p
  ON (p.repayment_id, p.installment_number, p.loan_version) = (l.repayment_id, l.installment_number, l.part_version)
LEFT JOIN LATERAL (
  SELECT id, state, settled_on FROM payment_instruction
  WHERE batch_id = l.batch_id AND household_id = l.household_id AND l.amount <> 0
  ORDER BY state IN ('sent', 'paid') DESC, id DESC LIMIT 1) i ON true
WHERE l.batch_id = $1 AND {seen("l.village_code", "a.bank_code", regions="$2", banks="$3")}
  AND ($4::uuid IS NULL OR l.household_id = $4) AND ($5::uuid IS NULL OR l.id > $5)
ORDER BY l.id LIMIT $6
"""  # noqa: S608 - our own text


_HOUSEHOLDS = f"""
SELECT l.household_id, min(l.village_code) AS village_code, sum(l.interest) AS interest, sum(l.amount) AS amount
FROM subsidy_line l JOIN subsidy_account a ON a.loan_id = l.loan_id
WHERE l.batch_id = $1 AND {seen("l.village_code", "a.bank_code", regions="$2", banks="$3")}
  AND ($4::text IS NULL OR l.village_code ^@ $4)
GROUP BY 1 ORDER BY 2, 1
"""  # noqa: S608 - our own text


async def get_batch(conn: Connection, scope: Scope, batch_id: UUID) -> BatchOut:
    """Return a batch with what was excluded for which reason and the decisions on it.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    row = await conn.fetchrow(_BATCH, batch_id, scope.regions)
    if row is None:
        raise BatchUnknown(batch_id)
    values: dict[str, Any] = dict(row)
    excluded = await conn.fetch(_EXCLUDED, batch_id)
    decisions = await conn.fetch(_DECISIONS, batch_id)
    return BatchOut(
        excluded={each["code"]: Withheld(count=each["count"], interest=each["interest"]) for each in excluded},
        decisions=[DecisionOut(**each) for each in decisions],
        households_unpaid=values["household_count"] - values["households_paid"],
        **values,
    )


async def list_batches(
    conn: Connection, scope: Scope, county_code: str | None, state: str | None, after: UUID | None, limit: int
) -> list[BatchSummary]:
    """Return up to `limit` batches in the order of their preparation."""
    rows = await conn.fetch(_LIST, after, scope.regions, county_code, state, limit)
    return [BatchSummary(**row) for row in rows]


async def list_lines(
    conn: Connection, scope: Scope, batch_id: UUID, household_id: UUID | None, after: UUID | None, limit: int
) -> list[LineOut]:
    """Return up to `limit` lines of a batch, those of the caller's villages (and bank) only.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    if await conn.fetchrow(_BATCH, batch_id, scope.regions) is None:
        raise BatchUnknown(batch_id)
    rows = await conn.fetch(_LINES, batch_id, scope.regions, scope.banks, household_id, after, limit)
    return [LineOut(**row) for row in rows]


async def every_line(database: Database, scope: Scope, batch_id: UUID) -> AsyncIterator[LineOut]:
    """Yield the lines of a batch, those of the caller's villages (and bank) only; no connection is held between pages.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    after: UUID | None = None
    while True:
        async with database.connection() as conn:
            lines = await list_lines(conn, scope, batch_id, None, after, LINES_AT_ONCE)
        for line in lines:
            yield line
        if len(lines) < LINES_AT_ONCE:
            return
        after = lines[-1].id


async def households_of(
    conn: Connection, scope: Scope, batch_id: UUID, region_code: str | None = None
) -> list[dict[str, Any]]:
    """Return what a batch brings each household in scope, village by village: interest and amount in yuan."""
    return [dict(row) for row in await conn.fetch(_HOUSEHOLDS, batch_id, scope.regions, scope.banks, region_code)]


async def public_list(
    database: Database, registry: PeerClient, scope: Scope, batch_id: UUID, region_code: str | None
) -> Sheet:
    """Return the list of a batch to hang up, names masked; of one region or of all that the caller sees.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
        PeerUnavailable: the registry did not answer with the names in time.
    """
    async with database.connection() as conn:
        batch = await get_batch(conn, scope, batch_id)
        rows = [row for row in await households_of(conn, scope, batch_id, region_code) if row["amount"] > 0]
        programme: str = await conn.fetchval(_PROGRAMME, batch.programme_id)
    names = await look_up_names(registry, scope.regions, [row["household_id"] for row in rows])
    return await asyncio.to_thread(public_sheet, batch, programme, rows, names)
