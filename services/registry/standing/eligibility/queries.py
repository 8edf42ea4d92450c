"""Named reads of screenings, in words."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from services.registry.policy.packs.queries import pack_by_id
from services.registry.standing.eligibility.catalogue import KIND_BY_CODE, PLACE_BY_CODE
from services.registry.standing.eligibility.pack_rules import citations_of, rules_of
from services.registry.standing.eligibility.refusals import ScreeningUnknown
from services.registry.standing.eligibility.schemas import (
    CitedClauseOut,
    ConditionCount,
    EligibilityScreeningOut,
    LoanConditionOut,
    LoanRequestIn,
    ReasonCount,
    ReasonOut,
    ScreeningAnswerOut,
    TownshipCount,
)
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.vocabulary import Consequence

_COLUMNS: Final = """id, county_code, region_code, as_of, loan_request, pack_ids, household_count, without_pack_count,
  eligible_count, by_reason, by_condition, by_township, requested_by, requested_at"""
_ONE: Final = f"SELECT {_COLUMNS} FROM eligibility_screening WHERE id = $1"  # noqa: S608 - our own columns
_LIST: Final = f"""
SELECT {_COLUMNS} FROM eligibility_screening
WHERE region_code ^@ $1 AND region_code ^@ ANY ($2::text[]) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
"""  # noqa: S608 - our own columns
_ANSWERS: Final = """
SELECT a.household_id, h.number AS household_number, a.village_code, a.reason_numbers, a.condition_numbers
FROM eligibility_screening_answer a JOIN household h ON h.id = a.household_id
WHERE a.screening_id = $1 AND a.village_code ^@ $2 AND a.village_code ^@ ANY ($3::text[])
  AND ($4::text IS NULL OR $4 = ANY (a.reason_codes))
  AND ($5::boolean IS NULL OR (cardinality(a.reason_codes) = 0) = $5)
  AND ($6::uuid IS NULL OR a.household_id > $6)
ORDER BY a.household_id LIMIT $7
"""
_REASONS: Final = """
SELECT number, code, zh, en, clause, consequence FROM eligibility_screening_reason
WHERE screening_id = $1 AND number = ANY ($2::integer[])
"""


async def get_screening(conn: Connection, officer: Principal, screening_id: UUID) -> EligibilityScreeningOut:
    """Return a screening with its counts.

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
    """Return up to `limit` screenings of a region in the order in which they were made."""
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
    """Return up to `limit` households of a screening, those with one reason or those that may borrow if asked for.

    Raises:
        ScreeningUnknown: there is none of the officer's region.
    """
    await get_screening(conn, officer, screening_id)
    scopes = officer.regions_for(Right.ELIGIBILITY_SCREEN)
    rows = await conn.fetch(_ANSWERS, screening_id, region, scopes, reason, eligible, after, limit)
    numbers = {number for row in rows for number in (*row["reason_numbers"], *row["condition_numbers"])}
    said = {each["number"]: each for each in await conn.fetch(_REASONS, screening_id, sorted(numbers))}
    return [
        ScreeningAnswerOut(
            household_id=row["household_id"],
            household_number=row["household_number"],
            village_code=row["village_code"],
            eligible=not row["reason_numbers"],
            reasons=[ReasonOut(**_words(said[number])) for number in row["reason_numbers"]],
            conditions=[
                LoanConditionOut(**_words(said[number]), consequence=said[number]["consequence"])
                for number in row["condition_numbers"]
            ],
        )
        for row in rows
    ]


def _words(said: Mapping[str, Any]) -> dict[str, str]:
    return {key: said[key] for key in ReasonOut.model_fields}


async def _screening(conn: Connection, row: dict[str, Any]) -> EligibilityScreeningOut:
    packs = [await pack_by_id(conn, pack_id) for pack_id in row["pack_ids"]]
    clauses = [rules_of(pack).clauses for pack in packs]
    by_reason: dict[str, int] = row.pop("by_reason")
    by_township: dict[str, list[int]] = row.pop("by_township")
    loan_request = {key: value for key, value in row.pop("loan_request").items() if key in LoanRequestIn.model_fields}
    reasons = [in_words(code, *clauses) for code in sorted(by_reason, key=PLACE_BY_CODE.__getitem__)]
    conditions = _conditions(row.pop("by_condition"), clauses)
    named = [(each.code, each.clause) for each in (*reasons, *conditions)]
    return EligibilityScreeningOut(
        **row,
        loan_request=LoanRequestIn(**loan_request),
        reasons=[ReasonCount(**reason.model_dump(), households=by_reason[reason.code]) for reason in reasons],
        conditions=conditions,
        clauses=[
            CitedClauseOut(**asdict(cited))
            for cited in dict.fromkeys(each for pack in packs for each in citations_of(pack, named))
        ],
        townships=[
            TownshipCount(township_code=code, household_count=households, eligible_count=eligible)
            for code, (households, eligible) in sorted(by_township.items())
        ],
    )


def _conditions(counted: Mapping[str, Mapping[str, int]], clauses: list[Mapping[str, str]]) -> list[ConditionCount]:
    return [
        ConditionCount(
            **in_words(code, *clauses).model_dump(), consequence=Consequence(consequence), households=households
        )
        for code in sorted(counted, key=PLACE_BY_CODE.__getitem__)
        for consequence, households in sorted(counted[code].items())
    ]


def in_words(code: str, *clauses: Mapping[str, str]) -> ReasonOut:
    """Return a reason in words without a household's figures, with its clause under each of the packs."""
    kind = KIND_BY_CODE[code]
    origins = dict.fromkeys(kind.origin(each) for each in clauses)
    return ReasonOut(code=code, zh=kind.zh, en=kind.en, clause=", ".join(origin for origin in origins if origin))
