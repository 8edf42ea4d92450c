"""Named reads of households' ratings, the county's or a bank's (LG-10)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating.queries import derivation_lines
from services.registry.credit.rating.rules.scoring import answers_of, grade_of, score
from services.registry.credit.rating.rules.validity import is_stale
from services.registry.credit.rating.schemas import HouseholdRatingOut, RatingOut
from services.registry.policy.packs.queries import find_pack_in_force, find_packs_in_force
from services.registry.policy.packs.rules.schemes import scheme_of
from services.registry.register.households.members_sql import members_on
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.in_force import ConfirmedPack
from shared.policy.pack import PolicyPack

_RATING_COLUMNS = """
r.id, r.household_id, h.number AS household_number, r.village_code, r.bank_code, r.grade, r.credit_limit, r.score,
  r.cause,
r.valid_from, r.valid_until, r.grade IS NOT NULL AND $1::date >= r.valid_from AND $1::date < r.valid_until AS is_valid,
(SELECT max(collected_on) FROM credit_survey s WHERE s.household_id = r.household_id AND s.collected_on <= $1)
  AS collected_on
"""
_LIST = f"""
SELECT DISTINCT ON (r.household_id) {_RATING_COLUMNS}
FROM rating r JOIN household h ON h.id = r.household_id
WHERE r.village_code ^@ $2 AND r.village_code ^@ ANY ($3::text[]) AND r.bank_code IS NOT DISTINCT FROM $4
  AND ($5::uuid IS NULL OR r.household_id > $5) AND r.valid_from <= $1
ORDER BY r.household_id, r.valid_from DESC, r.id DESC LIMIT $6
"""  # noqa: S608 - our own column list
_HISTORY = f"""
SELECT {_RATING_COLUMNS} FROM rating r JOIN household h ON h.id = r.household_id
WHERE r.household_id = $2 ORDER BY r.valid_from DESC, r.id DESC LIMIT 100
"""  # noqa: S608 - our own column list
# What households are scored by on the day $2: the answers of the latest survey collected by then, with the counts that
# the register keeps itself: the members are those of that day. A survey of a later day is not known yet.
FACTS = f"""
SELECT h.id, h.number, h.village_code, h.group_name, s.collected_on,
       s.answers || jsonb_build_object('member_count', {members_on("$2")}, 'labourer_count',
         h.labourer_count) AS facts
FROM household h
LEFT JOIN LATERAL (
  SELECT collected_on, answers FROM credit_survey WHERE household_id = h.id AND collected_on <= $2
  ORDER BY collected_on DESC LIMIT 1
) s ON true
"""  # noqa: S608 - our own text
_OF_HOUSEHOLD = f"{FACTS} WHERE h.id = $1 AND h.village_code ^@ ANY ($3::text[])"


async def list_ratings(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    bank_code: str | None,
    as_of: date,
    after: UUID | None,
    limit: int,
) -> list[RatingOut]:
    """Return up to `limit` households' latest ratings as of a day, by household."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(_LIST, as_of, region, scopes, bank_code, after, limit)
    packs = await find_packs_in_force(conn, {row["village_code"] for row in rows}, as_of)
    return [_rating(row, _recollect_months(packs[row["village_code"]]), as_of) for row in rows]


async def get_household_rating(
    conn: Connection, officer: Principal, household_id: UUID, bank_code: str | None, as_of: date
) -> HouseholdRatingOut:
    """Return a household's ratings and the derivation of its score under the pack that holds where it lives.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    found = await conn.fetchrow(_OF_HOUSEHOLD, household_id, as_of, officer.regions_for(Right.HOUSEHOLDS_READ))
    if found is None:
        raise HouseholdsUnknown([household_id])
    pack = await find_pack_in_force(conn, found["village_code"], as_of)
    recollect = _recollect_months(pack)
    history = await conn.fetch(_HISTORY, as_of, household_id)
    return HouseholdRatingOut(
        household_id=household_id,
        household_number=found["number"],
        ratings=[_rating(row, recollect, as_of) for row in history],
        collected_on=found["collected_on"],
        is_stale=is_stale(found["collected_on"], recollect, as_of),
        **_derived(found["facts"], pack.pack if pack else None, bank_code),
    )


def _derived(facts: Mapping[str, Any] | None, pack: PolicyPack | None, bank_code: str | None) -> dict[str, Any]:
    if pack is None or facts is None:
        return {"derivation": [], "score": None, "preliminary_grade": None}
    scheme = scheme_of(pack.rating_scheme(), bank_code)
    derivation = score(answers_of(facts), scheme)
    grade = grade_of(derivation.total, scheme)
    return {
        "derivation": derivation_lines(derivation),
        "score": derivation.total,
        "preliminary_grade": grade.code if grade else None,
    }


def _rating(row: Record, recollect_months: int, as_of: date) -> RatingOut:
    stale = is_stale(row["collected_on"], recollect_months, as_of)
    return RatingOut(**{key: value for key, value in row.items() if key != "id"}, is_stale=stale)


def _recollect_months(found: ConfirmedPack | None) -> int:
    return found.pack.rating_scheme().recollect_months if found else 0
