"""Named reads of programmes, with their progress."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.subsidy.programmes.refusals import ProgrammeUnknown
from services.subsidy.programmes.schemas import ProgrammeOut, TargetOut
from shared.db import Connection
from shared.scope import Scope

# Reached counts what was confirmed as paid, nothing that was only planned.
_PROGRAMMES = """
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
), progress AS (
  SELECT p.programme_id, count(DISTINCT p.household_id) AS households_paid,
    count(DISTINCT left(p.village_code, 9)) AS townships_paid, sum(a.principal) AS loan_amount_paid
  FROM paid_line p JOIN subsidy_account a ON a.loan_id = p.loan_id GROUP BY p.programme_id
)
SELECT c.*, c.budget - c.committed - c.paid AS available, coalesce(p.households_paid, 0) AS households_paid,
  coalesce(p.townships_paid, 0) AS townships_paid, coalesce(p.loan_amount_paid, 0.00) AS loan_amount_paid,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'value', t.value::text) ORDER BY t.code), '[]')
   FROM programme_target t WHERE t.programme_id = c.id) AS targets
FROM chosen c LEFT JOIN progress p ON p.programme_id = c.id ORDER BY c.id
"""


async def list_programmes(
    conn: Connection, scope: Scope, county_code: str | None, after: UUID | None, limit: int
) -> list[ProgrammeOut]:
    """Return up to `limit` programmes in the order of their creation."""
    rows = await conn.fetch(_PROGRAMMES, None, county_code, scope.regions, after, limit)
    return [_built(row) for row in rows]


async def get_programme(conn: Connection, regions: Sequence[str], programme_id: UUID) -> ProgrammeOut:
    """Return one programme.

    Raises:
        ProgrammeUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_PROGRAMMES, programme_id, None, list(regions), None, 1)
    if row is None:
        raise ProgrammeUnknown(programme_id)
    return _built(row)


def _built(row: Any) -> ProgrammeOut:
    reached = {
        "households": Decimal(row["households_paid"]),
        "townships": Decimal(row["townships_paid"]),
        "loan_amount": row["loan_amount_paid"],
        "subsidy_amount": row["paid"],
    }
    values = dict(row)
    targets = [
        TargetOut(code=each["code"], value=each["value"], reached=reached[each["code"]])
        for each in values.pop("targets")
    ]
    return ProgrammeOut(targets=targets, **values)
