"""The same question for every household of a region, answered in one statement and kept."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.registry.policy.packs.queries import PackInForce, find_packs_in_force, pack_by_id
from services.registry.policy.packs.refusals import NoPackInForce
from services.registry.standing.eligibility.catalogue import KIND_BY_CODE, PLACE_BY_CODE
from services.registry.standing.eligibility.facts_sql import FACTS, LOAN_REQUEST_COLUMNS, LOAN_REQUEST_NAMES
from services.registry.standing.eligibility.judgement_sql import JUDGED, rules_given, rules_row
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.refusals import ScreeningUnknown
from services.registry.standing.eligibility.schemas import (
    EligibilityScreeningIn,
    EligibilityScreeningOut,
    LoanRequestIn,
    ReasonCount,
    ReasonOut,
    ScreeningAnswerOut,
    TownshipCount,
)
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.regions import county_of

_LOAN_REQUESTS: Final = ", ".join(f"w.{name}" for name in LOAN_REQUEST_NAMES)
SCREENING: Final = f"""
WITH rules AS MATERIALIZED (
  {rules_given(1)}
), asked AS (
  SELECT 0::bigint AS place, h.id AS household_id, $3::date AS as_of, {_LOAN_REQUESTS}
  FROM household h CROSS JOIN jsonb_to_record($2::jsonb) AS w ({LOAN_REQUEST_COLUMNS})
  WHERE h.county_code = $5 AND h.village_code ^@ $4 AND coalesce(h.ended_on > $3, true)
), place AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($7::jsonb) AS p (region_code text, rules_key text)
), ruled AS (
  SELECT x.*, coalesce(p.rules_key, l.rules_key) AS rules_key
  FROM ({FACTS}) AS x
  LEFT JOIN place p ON p.region_code = x.village_code LEFT JOIN place l ON l.region_code = x.residence_code
), facts AS (
  SELECT * FROM ruled WHERE rules_key IS NOT NULL
), judged AS MATERIALIZED (
  SELECT household_id, village_code, rules_key, reasons FROM ({JUDGED}) AS everything
), screening AS (
  INSERT INTO eligibility_screening (id, county_code, region_code, as_of, loan_request, pack_ids, household_count,
                                  without_pack_count, eligible_count, by_reason, by_township, requested_by)
  SELECT $6, $5, $4, $3, $2, ARRAY(SELECT rules_key::uuid FROM rules ORDER BY 1),
         (SELECT count(*) FROM judged), (SELECT count(*) FROM asked) - (SELECT count(*) FROM judged),
         (SELECT count(*) FROM judged WHERE cardinality(reasons) = 0),
         (SELECT coalesce(jsonb_object_agg(code, households), '{{}}')
          FROM (SELECT code, count(*) AS households FROM judged, unnest(reasons) AS code GROUP BY code) c),
         (SELECT coalesce(jsonb_object_agg(township, jsonb_build_array(households, eligible)), '{{}}')
          FROM (SELECT left(village_code, 9) AS township, count(*) AS households,
                       count(*) FILTER (WHERE cardinality(reasons) = 0) AS eligible
                FROM judged GROUP BY 1) t),
         $8
  RETURNING id
)
INSERT INTO eligibility_screening_answer (screening_id, household_id, village_code, pack_id, reasons)
SELECT s.id, j.household_id, j.village_code, j.rules_key::uuid, j.reasons FROM judged j CROSS JOIN screening s
"""  # noqa: S608 - our own texts
_PLACES: Final = """
SELECT DISTINCT place FROM household CROSS JOIN LATERAL unnest(ARRAY[village_code, residence_code]) AS place
WHERE county_code = $1 AND village_code ^@ $2 AND place IS NOT NULL ORDER BY place
"""
_COLUMNS: Final = """id, county_code, region_code, as_of, loan request, pack_ids, household_count, without_pack_count,
  eligible_count, by_reason, by_township, requested_by, requested_at"""
_ONE: Final = f"SELECT {_COLUMNS} FROM eligibility_screening WHERE id = $1"  # noqa: S608 - our own columns
_LIST: Final = f"""
SELECT {_COLUMNS} FROM eligibility_screening
WHERE region_code ^@ $1 AND region_code ^@ ANY ($2::text[]) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
"""  # noqa: S608 - our own columns
_ANSWERS: Final = """
SELECT a.household_id, h.number AS household_number, a.village_code, a.pack_id, a.reasons
FROM eligibility_screening_answer a JOIN household h ON h.id = a.household_id
WHERE a.screening_id = $1 AND a.village_code ^@ $2 AND a.village_code ^@ ANY ($3::text[])
  AND ($4::text IS NULL OR $4 = ANY (a.reasons)) AND ($5::boolean IS NULL OR (cardinality(a.reasons) = 0) = $5)
  AND ($6::uuid IS NULL OR a.household_id > $6)
ORDER BY a.household_id LIMIT $7
"""


async def screen_eligibility(
    conn: Connection, officer: Principal, body: EligibilityScreeningIn
) -> EligibilityScreeningOut:
    """Answer one question for every household of a region that is on the register on that day, and keep the answers.

    Raises:
        OutsideRegion: the officer has no such right there.
        NoPackInForce: no pack holds anywhere in the region on that day.
    """
    officer.ensure_region(Right.ELIGIBILITY_SCREEN, body.region_code)
    county = county_of(body.region_code)
    held = await _holding(conn, county, body)
    rules = [
        rules_row(str(pack.id), rules_of(pack.pack)) for pack in {each.id: each for each in held.values()}.values()
    ]
    places = [{"region_code": place, "rules_key": pack.id} for place, pack in held.items()]
    screening_id = new_id()
    loan_request = {**body.model_dump(mode="json", exclude={"region_code", "as_of"}), "other_industries": []}
    await conn.execute(
        SCREENING, rules, loan_request, body.as_of, body.region_code, county, screening_id, places, officer.subject
    )
    return await get_screening(conn, officer, screening_id)


async def get_screening(conn: Connection, officer: Principal, screening_id: UUID) -> EligibilityScreeningOut:
    """Return a survey with its counts.

    Raises:
        ScreeningUnknown: there is none of the officer's region.
    """
    row = await conn.fetchrow(_ONE, screening_id)
    scopes = officer.regions_for(Right.ELIGIBILITY_SCREEN)
    if row is None or not any(row["region_code"].startswith(scope) for scope in scopes):
        raise ScreeningUnknown(screening_id)
    return await _screening(conn, dict(row))


async def list_screenings(
    conn: Connection, officer: Principal, *, region: str, after: UUID | None, limit: int
) -> list[EligibilityScreeningOut]:
    """Return up to `limit` surveys of a region in the order in which they were made."""
    rows = await conn.fetch(_LIST, region, officer.regions_for(Right.ELIGIBILITY_SCREEN), after, limit)
    return [await _screening(conn, dict(row)) for row in rows]


async def list_answers(
    conn: Connection,
    officer: Principal,
    screening_id: UUID,
    *,
    region: str,
    reason: str | None,
    eligible: bool | None,
    after: UUID | None,
    limit: int,
) -> list[ScreeningAnswerOut]:
    """Return up to `limit` households of a survey, those with one reason or those that may borrow if asked for.

    Raises:
        ScreeningUnknown: there is none of the officer's region.
    """
    screening = await get_screening(conn, officer, screening_id)
    clauses = {pack_id: rules_of(await pack_by_id(conn, pack_id)).clauses for pack_id in screening.pack_ids}
    scopes = officer.regions_for(Right.ELIGIBILITY_SCREEN)
    rows = await conn.fetch(_ANSWERS, screening_id, region, scopes, reason, eligible, after, limit)
    return [
        ScreeningAnswerOut(
            household_id=row["household_id"],
            household_number=row["household_number"],
            village_code=row["village_code"],
            eligible=not row["reasons"],
            reasons=[in_words(code, clauses[row["pack_id"]]) for code in row["reasons"]],
        )
        for row in rows
    ]


async def _screening(conn: Connection, row: dict[str, Any]) -> EligibilityScreeningOut:
    clauses = [rules_of(await pack_by_id(conn, pack_id)).clauses for pack_id in row["pack_ids"]]
    by_reason: dict[str, int] = row.pop("by_reason")
    by_township: dict[str, list[int]] = row.pop("by_township")
    loan_request = {key: value for key, value in row.pop("loan_request").items() if key in LoanRequestIn.model_fields}
    return EligibilityScreeningOut(
        **row,
        loan_request=LoanRequestIn(**loan_request),
        reasons=[
            ReasonCount(**in_words(code, *clauses).model_dump(), households=by_reason[code])
            for code in sorted(by_reason, key=PLACE_BY_CODE.__getitem__)
        ],
        townships=[
            TownshipCount(township_code=code, households=households, eligible=eligible)
            for code, (households, eligible) in sorted(by_township.items())
        ],
    )


async def _holding(conn: Connection, county: str, body: EligibilityScreeningIn) -> dict[str, PackInForce]:
    """Return the pack of every place where a household of the region is registered or lives, if one holds there."""
    places = [row["place"] for row in await conn.fetch(_PLACES, county, body.region_code)]
    found = await find_packs_in_force(conn, [*places, body.region_code], body.as_of)
    held = {place: pack for place, pack in found.items() if pack is not None}
    if not held:
        raise NoPackInForce(body.region_code, body.as_of)
    return held


def in_words(code: str, *clauses: Mapping[str, str]) -> ReasonOut:
    """Return a reason in words without a household's figures, with its clause under each of the packs."""
    kind = KIND_BY_CODE[code]
    origins = dict.fromkeys(kind.origin(each) for each in clauses)
    return ReasonOut(code=code, zh=kind.zh, en=kind.en, clause=", ".join(origin for origin in origins if origin))
