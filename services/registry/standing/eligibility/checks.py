"""Answer who may borrow: one query for the facts of all households, one pure rule set for every answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.asking import scopes_asked
from services.registry.policy.packs.queries import PackInForce, find_packs_in_force
from services.registry.policy.packs.refusals import NoPackInForce
from services.registry.standing.eligibility import questions
from services.registry.standing.eligibility.fact_rows import facts_of, loan_request_of
from services.registry.standing.eligibility.facts_sql import FACTS, LOAN_REQUEST_COLUMNS, LOAN_REQUEST_NAMES
from services.registry.standing.eligibility.pack_rules import borrowing_rules
from services.registry.standing.eligibility.rules.household import valid_rating
from services.registry.standing.eligibility.rules.judging import Reason, reasons
from services.registry.standing.eligibility.schemas import EligibilityChecksIn, EligibilityRequest
from shared.access import Principal, Right, RightMissing
from shared.db import Connection

_LOAN_REQUESTS: Final = ", ".join(f"q.{name}" for name in LOAN_REQUEST_NAMES)
_ASKED: Final = f"""
WITH asked AS (
  SELECT q.place, h.id AS household_id, $2::date AS as_of, {_LOAN_REQUESTS}
  FROM jsonb_to_recordset($1::jsonb)
    AS q (place bigint, named_id uuid, named_number text, {LOAN_REQUEST_COLUMNS})
  JOIN LATERAL (
    SELECT id, village_code FROM household WHERE id = q.named_id
    UNION ALL
    SELECT id, village_code FROM household WHERE number = q.named_number AND ($3::text IS NULL OR county_code = $3)
  ) h ON h.village_code ^@ ANY ($4::text[])
)
{FACTS}
ORDER BY a.place
"""  # noqa: S608 - our own texts
UNKNOWN: Final = Reason(
    "household-unknown",
    "登记册中没有该户,请核对户编号或先登记。",
    "No such household is on the register in your region; check its number or have it registered.",
    "SX-1",
)
AMBIGUOUS: Final = Reason(
    "household-number-ambiguous",
    "多个县有相同户编号,请注明县代码。",
    "Several counties use this household number; name the county_code.",
    "SX-1",
)


async def check_eligibility(conn: Connection, caller: Principal, body: EligibilityChecksIn) -> list[dict[str, Any]]:
    """Return one answer for each question, in order, as plain data in the form of `EligibilityOut`.

    A household outside the caller's regions, or outside those of the officer for whom a service asks, is unknown.
    Questions for applications are stored only when every household is known: lending files all of them or none.

    Raises:
        AskerRegionsMissing: a service asks and does not say in whose regions.
        NoPackInForce: no pack holds on that day where a household is registered or lives.
        RightMissing: the questions are to be stored and the caller is no service.
    """
    if body.for_application and not caller.has(Right.ELIGIBILITY_RECORD):
        raise RightMissing(Right.ELIGIBILITY_RECORD)
    scopes = scopes_asked(caller, Right.ELIGIBILITY_CHECK, body.asker_regions)
    asked = [_asked(place, item) for place, item in enumerate(body.items, start=1)]
    by_place: dict[int, list[Record]] = defaultdict(list)
    for row in await conn.fetch(_ASKED, asked, body.as_of, body.county_code, scopes):
        by_place[row["place"]].append(row)
    packs = await _packs(conn, [rows[0] for rows in by_place.values() if len(rows) == 1], body.as_of)
    answers = [_answer(item, by_place.get(place, ()), packs) for place, item in enumerate(body.items, start=1)]
    if body.for_application and all(answer["household_id"] for answer in answers):
        judged = [(by_place[place][0], answer) for place, answer in enumerate(answers, 1)]
        await questions.store_questions(conn, caller, packs, judged)
    return answers


async def _packs(conn: Connection, rows: Sequence[Record], as_of: date) -> dict[UUID, PackInForce]:
    """Return each household's pack: of the village where it is registered, else of the place where it lives (MS-2)."""
    places = {place for row in rows for place in (row["village_code"], row["residence_code"]) if place}
    holding = await find_packs_in_force(conn, places, as_of)
    found: dict[UUID, PackInForce] = {}
    for row in rows:
        pack = holding[row["village_code"]] or holding.get(row["residence_code"] or "")
        if pack is None:
            raise NoPackInForce(row["village_code"], as_of)
        found[row["household_id"]] = pack
    return found


def _asked(place: int, item: EligibilityRequest) -> dict[str, Any]:
    loan_request = item.model_dump(exclude={"household_id", "household_number"})
    return {"place": place, "named_id": item.household_id, "named_number": item.household_number, **loan_request}


def _answer(item: EligibilityRequest, rows: Sequence[Record], packs: Mapping[UUID, PackInForce]) -> dict[str, Any]:
    if len(rows) != 1:
        return _unanswerable(item, AMBIGUOUS if rows else UNKNOWN)
    row = rows[0]
    rules, as_of = borrowing_rules(packs[row["household_id"]]), row["as_of"]
    facts, loan_request = facts_of(row), loan_request_of(row)
    against = reasons(facts, loan_request, rules, as_of)
    rating = valid_rating(facts, loan_request, rules, as_of)
    return {
        "household_id": row["household_id"],
        "household_number": row["number"],
        "household_version": row["version"],
        "village_code": row["village_code"],
        "eligible": not against,
        "grade": rating.grade if rating else None,
        "credit_limit": f"{rating.credit_limit:.2f}" if rating else None,
        "reasons": [_plain(reason) for reason in against],
    }


def _unanswerable(item: EligibilityRequest, reason: Reason) -> dict[str, Any]:
    return {
        "household_id": None,
        "household_number": item.household_number,
        "household_version": None,
        "village_code": None,
        "eligible": False,
        "grade": None,
        "credit_limit": None,
        "reasons": [_plain(reason)],
    }


def _plain(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "zh": reason.zh, "en": reason.en, "clause": reason.clause}
