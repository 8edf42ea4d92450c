"""Named reads of entered figures, and targets as rows say them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.targets.rules.progress import Facts, reached, verdict
from services.subsidy.targets.schemas import FigureOut, TargetOut
from shared.db import Connection

_FIGURES: Final = """
SELECT * FROM programme_figure WHERE programme_id = $1 AND ($2::text IS NULL OR kind = $2)
  AND ($3::uuid IS NULL OR id > $3)
ORDER BY id LIMIT $4
"""
FACTS: Final = tuple(field.name for field in fields(Facts))


async def list_figures(
    conn: Connection, programme_id: UUID, kind: str | None, after: UUID | None, limit: int
) -> list[FigureOut]:
    """Return up to `limit` figures of a programme in the order in which they were entered."""
    return [FigureOut(**row) for row in await conn.fetch(_FIGURES, programme_id, kind, after, limit)]


def target_out(row: Mapping[str, Any], facts: Facts, on: date, ends_on: date) -> TargetOut:
    """Return a target (`code`, `value`) with how far it is on a day by the facts of that day."""
    figure, value = reached(row["code"], facts), Decimal(row["value"])
    said = verdict(row["code"], value, figure, on, ends_on)
    return TargetOut(code=row["code"], value=value, reached=figure, state=said)
