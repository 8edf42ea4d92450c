"""Named reads of simulations, in words."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.registry.policy.packs.queries import pack_by_id
from services.registry.standing.eligibility.catalogue import PLACE_BY_CODE
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.queries import in_words
from services.registry.standing.simulations.refusals import SimulationUnknown
from services.registry.standing.simulations.schemas import AffectedOut, Change, ReasonChange, Sentence, SimulationOut
from services.registry.standing.simulations.words import sentences
from shared.access import Principal, Right
from shared.db import Connection

_COLUMNS: Final = "id, pack_id, county_code, region_code, period_from, period_until, result, run_by, run_at"
_ONE: Final = f"SELECT {_COLUMNS} FROM pack_simulation WHERE id = $1"  # noqa: S608 - our own columns
_LIST: Final = f"""
SELECT {_COLUMNS} FROM pack_simulation
WHERE pack_id = $1 AND region_code ^@ ANY ($2::text[]) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
"""  # noqa: S608 - our own columns
_AFFECTED: Final = """
SELECT q.id AS question_id, q.household_id, h.number AS household_number, q.village_code, q.as_of,
       (q.loan_request ->> 'amount')::numeric AS amount, (q.loan_request ->> 'term_months')::integer AS term_months,
       f.change, q.reasons AS reasons_before, f.reasons_after, f.credit_limit_before, f.credit_limit_after
FROM pack_simulation_finding f
JOIN eligibility_question q ON q.id = f.question_id
JOIN household h ON h.id = q.household_id
WHERE f.simulation_id = $1 AND ($2::text IS NULL OR f.change = $2) AND ($3::uuid IS NULL OR f.question_id > $3)
ORDER BY f.question_id LIMIT $4
"""


async def get_simulation(conn: Connection, officer: Principal, simulation_id: UUID) -> SimulationOut:
    """Return a simulation with its result in figures and in words.

    Raises:
        SimulationUnknown: there is none of the officer's region.
    """
    row = await conn.fetchrow(_ONE, simulation_id)
    scopes = officer.regions_for(Right.PACKS_SIMULATE)
    if row is None or not any(row["region_code"].startswith(scope) for scope in scopes):
        raise SimulationUnknown(simulation_id)
    return await _simulation(conn, dict(row))


async def list_simulations(
    conn: Connection, officer: Principal, pack_id: UUID, *, after: UUID | None, limit: int
) -> list[SimulationOut]:
    """Return up to `limit` simulations of a pack in the order in which they were run."""
    rows = await conn.fetch(_LIST, pack_id, officer.regions_for(Right.PACKS_SIMULATE), after, limit)
    return [await _simulation(conn, dict(row)) for row in rows]


async def list_affected(
    conn: Connection,
    officer: Principal,
    simulation_id: UUID,
    *,
    change: Change | None,
    after: UUID | None,
    limit: int,
) -> list[AffectedOut]:
    """Return up to `limit` applications that the pack would change, those of one kind of change if asked for.

    Raises:
        SimulationUnknown: there is none of the officer's region.
    """
    await get_simulation(conn, officer, simulation_id)
    rows = await conn.fetch(_AFFECTED, simulation_id, change, after, limit)
    return [AffectedOut(**row) for row in rows]


async def _clauses(conn: Connection, pack_id: UUID) -> Mapping[str, str]:
    return rules_of(await pack_by_id(conn, pack_id)).clauses


async def _simulation(conn: Connection, row: dict[str, Any]) -> SimulationOut:
    result = row.pop("result")
    clauses = await _clauses(conn, row["pack_id"])
    reasons = [
        ReasonChange(**in_words(each["code"], clauses).model_dump(), **{k: v for k, v in each.items() if k != "code"})
        for each in sorted(result["reasons"], key=lambda each: PLACE_BY_CODE[each["code"]])
    ]
    spoken = [Sentence(zh=zh, en=en) for zh, en in sentences(result, row["period_from"], row["period_until"])]
    return SimulationOut(**row, **{**result, "reasons": reasons}, sentences=spoken)
