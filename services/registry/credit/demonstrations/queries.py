"""Named reads of demonstration choices."""

from uuid import UUID

from services.registry.credit.demonstrations.refusals import DemonstrationUnknown
from services.registry.credit.demonstrations.schemas import (
    ChoiceOut,
    DemonstrationHouseholdOut,
    DemonstrationVillageOut,
)
from services.registry.credit.rating.rules.shares import percent
from shared.access import Principal, Right
from shared.db import Connection

_COLUMNS = """
SELECT c.id, c.county_code, c.year, c.as_of, c.campaign_id, p.pack_version, c.village_criteria, c.household_criteria,
       c.villages_requested, c.villages_available, c.households_requested, c.households_available, c.state,
         c.proposed_by,
       c.proposed_at, c.decided_by, c.decided_on, c.decision_reason,
       (SELECT count(*) FROM demonstration_village v WHERE v.choice_id = c.id) AS village_count,
       (SELECT count(*) FROM demonstration_household v WHERE v.choice_id = c.id) AS household_count
FROM demonstration_choice c JOIN policy_pack p ON p.id = c.pack_id
"""
_ONE = f"{_COLUMNS} WHERE c.id = $1"
_LIST = f"""{_COLUMNS}
WHERE c.county_code = $1 AND ($2::integer IS NULL OR c.year = $2) AND ($3::uuid IS NULL OR c.id > $3)
ORDER BY c.id LIMIT $4
"""
_COUNTY = "SELECT county_code FROM demonstration_choice WHERE id = $1"
_VILLAGES = """
SELECT v.rank, v.village_code, g.name AS village_name, v.household_count, v.credit_count, v.repaid_count,
       v.on_time_count, v.average_score
FROM demonstration_village v LEFT JOIN region g ON g.code = v.village_code
WHERE v.choice_id = $1 AND ($2::integer IS NULL OR v.rank > $2) ORDER BY v.rank LIMIT $3
"""
_HOUSEHOLDS = """
SELECT d.rank, d.household_id, h.number AS household_number, d.village_code, d.grade, d.credit_limit, d.score,
       d.on_time_count, d.late_count
FROM demonstration_household d JOIN household h ON h.id = d.household_id
WHERE d.choice_id = $1 AND d.village_code ^@ ANY ($2::text[]) AND ($3::integer IS NULL OR d.rank > $3)
ORDER BY d.rank LIMIT $4
"""


async def get_choice(conn: Connection, choice_id: UUID) -> ChoiceOut:
    """Return a choice with how many it found and took.

    Raises:
        DemonstrationUnknown
    """
    row = await conn.fetchrow(_ONE, choice_id)
    if row is None:
        raise DemonstrationUnknown(choice_id)
    return ChoiceOut(**row, remarks=_remarks(dict(row)))


async def get_choice_for(conn: Connection, officer: Principal, choice_id: UUID) -> ChoiceOut:
    """Return a choice of a county in, or around, the officer's region.

    Raises:
        DemonstrationUnknown
    """
    await _ensure_visible(conn, officer, choice_id)
    return await get_choice(conn, choice_id)


async def list_choices(
    conn: Connection, officer: Principal, *, county_code: str, year: int | None, after: UUID | None, limit: int
) -> list[ChoiceOut]:
    """Return up to `limit` choices of a county in, or around, the officer's region, in the order of proposal."""
    if not _sees(officer, county_code):
        return []
    rows = await conn.fetch(_LIST, county_code, year, after, limit)
    return [ChoiceOut(**row, remarks=_remarks(dict(row))) for row in rows]


async def list_villages(
    conn: Connection, officer: Principal, choice_id: UUID, after: int | None, limit: int
) -> list[DemonstrationVillageOut]:
    """Return up to `limit` chosen villages by rank; the whole county's list is public to its officers."""
    await _ensure_visible(conn, officer, choice_id)
    return [
        DemonstrationVillageOut(
            **row,
            credit_percent=percent(row["credit_count"], row["household_count"]),
            on_time_percent=percent(row["on_time_count"], row["repaid_count"]),
        )
        for row in await conn.fetch(_VILLAGES, choice_id, after, limit)
    ]


async def list_households(
    conn: Connection, officer: Principal, choice_id: UUID, after: int | None, limit: int
) -> list[DemonstrationHouseholdOut]:
    """Return up to `limit` chosen households of the officer's region by their rank in the county."""
    await _ensure_visible(conn, officer, choice_id)
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    return [DemonstrationHouseholdOut(**row) for row in await conn.fetch(_HOUSEHOLDS, choice_id, scopes, after, limit)]


async def _ensure_visible(conn: Connection, officer: Principal, choice_id: UUID) -> None:
    county_code = await conn.fetchval(_COUNTY, choice_id)
    if county_code is None or not _sees(officer, county_code):
        raise DemonstrationUnknown(choice_id)


def _sees(officer: Principal, county_code: str) -> bool:
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    return any(scope.startswith(county_code) or county_code.startswith(scope) for scope in scopes)


def _remarks(row: dict[str, int]) -> list[str]:
    kinds = (("villages", "示范村", "credit villages"), ("households", "示范户", "households that qualify"))
    return [
        f"应选{zh}{row[f'{key}_requested']}个，符合条件的只有{row[f'{key}_available']}个，已全部入选。"
        f" Only {row[f'{key}_available']} {en} for {row[f'{key}_requested']} wanted; all were taken."
        for key, zh, en in kinds
        if row[f"{key}_available"] < row[f"{key}_requested"]
    ]
