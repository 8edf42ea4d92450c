"""Answer who may borrow: one query for the facts of all households, one pure rule set for every answer."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import chain
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.asking import scopes_asked
from services.registry.policy.packs.queries import pack_by_id
from services.registry.standing.eligibility.actions.questions import store_questions
from services.registry.standing.eligibility.fact_rows import REQUEST_COLUMNS, REQUEST_TYPES, stored
from services.registry.standing.eligibility.facts_sql import FACTS
from services.registry.standing.eligibility.judging import Judgement, judge, rules_for
from services.registry.standing.eligibility.pack_rules import RulesInForce, citations_of, rules_in_force
from services.registry.standing.eligibility.rules.household import valid_rating
from services.registry.standing.eligibility.schemas import EligibilityChecksIn, EligibilityRequest
from shared.access import RIGHTS, Principal, Right
from shared.db import Connection
from shared.errors import RightMissing
from shared.policy.in_force import NoPackInForce
from shared.rules.reasons import Reason

_REQUEST: Final = ", ".join(f"q.{name}" for name in REQUEST_COLUMNS)
_ASKED: Final = f"""
WITH asked AS (
  SELECT q.place, h.id AS household_id, $2::date AS as_of, {_REQUEST}
  FROM jsonb_to_recordset($1::jsonb)
    AS q (place bigint, named_id uuid, named_number text, {REQUEST_TYPES})
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
    "SX-1",
    "登记册中没有该户，请核对户编号或先登记。",
    "No such household is on the register in your region; check its number or have it registered.",
)
AMBIGUOUS: Final = Reason(
    "household-number-ambiguous",
    "SX-1",
    "多个县有相同户编号，请注明县代码。",
    "Several counties use this household number; name the county_code.",
)


async def check_eligibility(conn: Connection, caller: Principal, body: EligibilityChecksIn) -> dict[str, Any]:
    """Return one answer for each question, in order, as plain data in the form of `EligibilityChecksOut`.

    A household outside the caller's regions, or outside those of the officer for whom a service asks, is unknown.
    Questions for applications are stored only when every household is known: lending files all of them or none.

    Raises:
        AskerRegionsMissing: a service asks and does not say in whose regions.
        NoPackInForce: no pack holds on that day where a household is registered or lives.
        ProductUnknown: a household's county has no such product.
        RightMissing: the questions are to be stored and the caller is no service.
    """
    if body.for_application and not caller.has(Right.ELIGIBILITY_RECORD):
        raise RightMissing(Right.ELIGIBILITY_RECORD, RIGHTS[Right.ELIGIBILITY_RECORD])
    scopes = scopes_asked(caller, Right.ELIGIBILITY_CHECK, body.asker_regions)
    asked = [_asked(place, item) for place, item in enumerate(body.items, start=1)]
    by_place: dict[int, list[Record]] = defaultdict(list)
    for row in await conn.fetch(_ASKED, asked, body.as_of, body.county_code, scopes):
        by_place[row["place"]].append(row)
    held = await _held(conn, [rows[0] for rows in by_place.values() if len(rows) == 1], body.as_of)
    judged = await asyncio.to_thread(_judged, by_place, held)
    if body.for_application and len(judged) == len(body.items):
        await store_questions(conn, caller, list(judged.values()))
    items = [
        _answer(judged[place]) if place in judged else _unanswerable(item, AMBIGUOUS if by_place[place] else UNKNOWN)
        for place, item in enumerate(body.items, start=1)
    ]
    return {"as_of": body.as_of, "items": items, "clauses": await _cited(conn, judged.values())}


async def _cited(conn: Connection, judged: Iterable[Judgement]) -> list[dict[str, Any]]:
    """Return the clauses that the reasons name, each as the pack lists it by which the household was judged."""
    named: dict[UUID, dict[tuple[str, str], None]] = defaultdict(dict)
    for each in judged:
        named[each.pack_id].update(dict.fromkeys((reason.code, reason.clause) for reason in each.reasons))
    found = [citations_of(await pack_by_id(conn, pack_id), reasons) for pack_id, reasons in named.items()]
    return [asdict(cited) for cited in dict.fromkeys(chain.from_iterable(found))]


async def _held(conn: Connection, rows: Sequence[Record], as_of: date) -> dict[str, RulesInForce]:
    """Return the rules of every place where one of the households is registered or lives.

    Raises:
        NoPackInForce: none hold at either place of a household.
    """
    places = {place for row in rows for place in (row["village_code"], row["residence_code"]) if place}
    held = await rules_in_force(conn, places, as_of)
    without = next((row for row in rows if rules_for(row, held) is None), None)
    if without is not None:
        raise NoPackInForce(without["village_code"], as_of)
    return held


def _judged(by_place: Mapping[int, Sequence[Record]], held: Mapping[str, RulesInForce]) -> dict[int, Judgement]:
    """Return what the rules say of every question that names one household, by its place."""
    named = ((place, rows[0]) for place, rows in by_place.items() if len(rows) == 1)
    governed = ((place, row, rules) for place, row in named if (rules := rules_for(row, held)) is not None)
    return {place: judge(row, rules.product(row["product_code"])) for place, row, rules in governed}


def _asked(place: int, item: EligibilityRequest) -> dict[str, Any]:
    loan_request = item.model_dump(exclude={"household_id", "household_number", "exposure"})
    exposure = {f"exposure_{name}": value for name, value in item.exposure or ()}
    named = {"named_id": item.household_id, "named_number": item.household_number}
    return {"place": place, **named, **loan_request, **exposure}


def _answer(found: Judgement) -> dict[str, Any]:
    row = found.row
    rating = valid_rating(found.facts, found.loan_request, found.rules, row["as_of"])
    return {
        "household_id": row["household_id"],
        "household_number": row["number"],
        "household_version": row["version"],
        "village_code": row["village_code"],
        "product_code": found.pack.product_code,
        "eligible": not found.reasons,
        "grade": rating.grade if rating else None,
        "credit_limit": f"{rating.credit_limit:.2f}" if rating else None,
        "entity_id": row["found_entity_id"],
        "reasons": [stored(reason) for reason in found.reasons],
        "conditions": [{**stored(each.reason), "consequence": each.consequence} for each in found.conditions],
    }


def _unanswerable(item: EligibilityRequest, reason: Reason) -> dict[str, Any]:
    return {
        "household_id": None,
        "household_number": item.household_number,
        "household_version": None,
        "village_code": None,
        "product_code": None,
        "eligible": False,
        "grade": None,
        "credit_limit": None,
        "entity_id": None,
        "reasons": [stored(reason)],
        "conditions": [],
    }
