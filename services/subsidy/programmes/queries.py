"""Named reads of programmes, with their progress."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.subsidy.programmes.available_sql import AVAILABLE
from services.subsidy.programmes.refusals import (
    BudgetDocumentMissing,
    ProgrammeClosed,
    ProgrammeUnconfirmed,
    ProgrammeUnknown,
)
from services.subsidy.programmes.schemas import ProgrammeClosingOut, ProgrammeOut, SupplementOut
from services.subsidy.targets.progress_sql import OWN_USE, PROGRESS
from services.subsidy.targets.queries import FACTS, target_out
from services.subsidy.targets.rules.progress import Facts
from shared.db import Connection
from shared.scope import Scope

# Who was paid counts what was confirmed as paid, nothing that was only planned.
_PROGRAMMES = f"""
WITH chosen AS (
  SELECT * FROM programme
  WHERE ($1::uuid IS NULL OR id = $1) AND ($2::text IS NULL OR county_code = $2)
    AND EXISTS (SELECT 1 FROM unnest($3::text[]) AS g (region) WHERE county_code ^@ g.region OR g.region ^@ county_code)
    AND ($4::uuid IS NULL OR id > $4)
  ORDER BY id LIMIT $5
), paid_line AS (
  SELECT DISTINCT b.programme_id, l.household_id, l.loan_id, l.village_code
  FROM subsidy_batch b
  JOIN payment_instruction i ON i.batch_id = b.id AND i.state = 'paid'
  JOIN subsidy_line l ON l.batch_id = b.id AND l.household_id = i.household_id AND l.amount > 0
  WHERE b.programme_id IN (SELECT id FROM chosen)
), served AS (
  SELECT p.programme_id, count(DISTINCT p.household_id) AS households_paid,
    count(DISTINCT left(p.village_code, 9)) AS townships_paid, sum(a.principal) AS loan_amount_paid
  FROM paid_line p JOIN subsidy_account a ON a.loan_id = p.loan_id GROUP BY p.programme_id
), {PROGRESS}
SELECT c.*, {AVAILABLE} AS available,
  coalesce(p.households_paid, 0) AS households_paid,
  coalesce(p.townships_paid, 0) AS townships_paid, coalesce(p.loan_amount_paid, 0.00) AS loan_amount_paid,
  (SELECT d.document FROM programme_document d WHERE d.programme_id = c.id
     AND d.state = 'confirmed' ORDER BY d.id DESC LIMIT 1)
    AS budget_document,
  $6::date AS targets_on, {", ".join(f"f.{name}" for name in FACTS)},
  (SELECT coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'value', t.value::text) ORDER BY t.code), '[]')
   FROM programme_target t WHERE t.programme_id = c.id) AS targets,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('fund_source', s.fund_source, 'amount', s.amount::text, 'document',
      s.document) ORDER BY s.fund_source), '[]')
   FROM programme_source s WHERE s.programme_id = c.id) AS sources
FROM chosen c LEFT JOIN served p ON p.programme_id = c.id JOIN measured f ON f.id = c.id ORDER BY c.id
"""  # noqa: S608 - our own text


_PROGRAMME = "SELECT * FROM programme WHERE id = $1 AND county_code ^@ ANY ($2::text[])"
_DOCUMENTED = """
SELECT EXISTS (SELECT FROM programme_document WHERE programme_id = $1 AND state = 'confirmed')
  OR EXISTS (SELECT FROM programme_source WHERE programme_id = $1)
"""
_SUPPLEMENTS = """
SELECT * FROM programme_supplement WHERE programme_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
_CLOSURES = """
SELECT * FROM programme_closing WHERE (programme_id = $1 OR into_id = $1) AND ($2::uuid IS NULL OR id > $2)
ORDER BY id LIMIT $3
"""


async def list_programmes(
    conn: Connection, scope: Scope, county_code: str | None, after: UUID | None, limit: int, on: date
) -> list[ProgrammeOut]:
    """Return up to `limit` programmes in the order of their creation, their targets as of a day."""
    rows = await conn.fetch(_PROGRAMMES, None, county_code, scope.regions, after, limit, on, list(OWN_USE))
    return [_built(row) for row in rows]


async def get_programme(conn: Connection, regions: Sequence[str], programme_id: UUID, on: date) -> ProgrammeOut:
    """Return one programme, its targets as of a day.

    Raises:
        ProgrammeUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_PROGRAMMES, programme_id, None, list(regions), None, 1, on, list(OWN_USE))
    if row is None:
        raise ProgrammeUnknown(programme_id)
    return _built(row)


async def programme_row(conn: Connection, regions: Sequence[str], programme_id: UUID) -> Record:
    """Return a programme as it is stored.

    Raises:
        ProgrammeUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_PROGRAMME, programme_id, list(regions))
    if row is None:
        raise ProgrammeUnknown(programme_id)
    return row


async def list_supplements(conn: Connection, programme_id: UUID, after: UUID | None, limit: int) -> list[SupplementOut]:
    """Return up to `limit` adjustments of a budget in the order of their proposal."""
    return [SupplementOut(**row) for row in await conn.fetch(_SUPPLEMENTS, programme_id, after, limit)]


async def list_closures(
    conn: Connection, programme_id: UUID, after: UUID | None, limit: int
) -> list[ProgrammeClosingOut]:
    """Return up to `limit` closures and carry-overs out of a programme and into it, in the order of their proposal."""
    return [ProgrammeClosingOut(**row) for row in await conn.fetch(_CLOSURES, programme_id, after, limit)]


async def ensure_may_promise(conn: Connection, programme: Mapping[str, Any], budget_document: str | None) -> None:
    """Refuse to grant out of a programme that is closed, or that names no document where the county's budget has one.

    Args:
        budget_document: the budget in which the county's pack has the subsidy stand; None where it names none.

    Raises:
        ProgrammeUnconfirmed, ProgrammeClosed, BudgetDocumentMissing.
    """
    if programme["state"] != "confirmed":
        raise ProgrammeUnconfirmed(programme["id"], programme["state"])
    if programme["closed_on"] is not None:
        raise ProgrammeClosed(programme["id"], programme["closed_on"])
    if budget_document is not None and not await conn.fetchval(_DOCUMENTED, programme["id"]):
        raise BudgetDocumentMissing(programme["id"], budget_document)


def _built(row: Record) -> ProgrammeOut:
    values = dict(row)
    facts = Facts(**{name: values.pop(name) for name in FACTS})
    targets = [target_out(each, facts, row["targets_on"], row["ends_on"]) for each in values.pop("targets")]
    return ProgrammeOut(targets=targets, **values)
