"""Answer who may borrow: one query for the facts of all households, one pure rule set for every answer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from asyncpg import Record

from services.registry.eligibility.pack_rules import borrowing_rules
from services.registry.eligibility.rules import (
    BorrowingRules,
    HouseholdFacts,
    LoanWish,
    RatingFacts,
    Reason,
    reasons,
)
from services.registry.eligibility.schemas import EligibilityChecksIn, EligibilityRequest
from services.registry.packs.queries import get_packs_in_force
from shared.access import Principal, Right
from shared.db import Connection

_FACTS = """
SELECT a.place, h.id, h.number, h.version, h.village_code, h.county_code, h.civil_capacity,
       h.able_to_work, h.credit_record, m.birth_on, s.state, r.grade, r.line, r.valid_from, r.valid_until,
       EXISTS (SELECT FROM bank_account b WHERE b.household_id = h.id AND b.valid) AS has_account,
       ARRAY(SELECT x.kind FROM household_exclusion x WHERE x.household_id = h.id AND x.from_on <= $5
               AND (x.until_on IS NULL OR $5 < x.until_on) ORDER BY x.kind) AS exclusions,
       ARRAY(SELECT DISTINCT list_name FROM listing l WHERE l.household_id = h.id AND l.listed_on <= $5
               AND (l.cleared_on IS NULL OR l.cleared_on > $5) ORDER BY list_name) AS lists,
       o.open_loans, o.owed
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS a (household_id, number, place)
JOIN LATERAL (
  SELECT * FROM household WHERE id = a.household_id
  UNION ALL
  SELECT * FROM household WHERE number = a.number AND ($3::text IS NULL OR county_code = $3)
) h ON h.village_code ^@ ANY ($4::text[])
JOIN member m ON m.household_id = h.id AND m.is_head AND m.left_on IS NULL
LEFT JOIN LATERAL (
  SELECT state FROM household_state_change c WHERE c.household_id = h.id AND c.effective_from <= $5
  ORDER BY c.effective_from DESC, c.id DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
  SELECT grade, line, valid_from, valid_until FROM rating t WHERE t.household_id = h.id AND t.valid_from <= $5
  ORDER BY t.valid_from DESC, t.id DESC LIMIT 1
) r ON true
CROSS JOIN LATERAL (
  SELECT count(*) AS open_loans, coalesce(sum(principal), 0.00) AS owed FROM household_loan k
  WHERE k.household_id = h.id AND (k.closed_on IS NULL OR k.closed_on > $5)
) o
ORDER BY a.place
"""
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

    Raises:
        NoPackInForce: a household's county has no pack for that day.
    """
    scopes = caller.regions_for(Right.ELIGIBILITY_CHECK)
    ids = [item.household_id for item in body.items]
    numbers = [item.household_number for item in body.items]
    by_place: dict[int, list[Record]] = defaultdict(list)
    for row in await conn.fetch(_FACTS, ids, numbers, body.county_code, scopes, body.as_of):
        by_place[row["place"]].append(row)
    counties = {rows[0]["county_code"] for rows in by_place.values() if len(rows) == 1}
    packs = await get_packs_in_force(conn, counties, body.as_of)
    rules = {county: borrowing_rules(found) for county, found in packs.items()}
    return [_answer(item, by_place.get(place, ()), rules, body.as_of) for place, item in enumerate(body.items, start=1)]


def _answer(
    item: EligibilityRequest, rows: Sequence[Record], rules: dict[str, BorrowingRules], as_of: date
) -> dict[str, Any]:
    if len(rows) != 1:
        return _unanswerable(item, AMBIGUOUS if rows else UNKNOWN)
    row = rows[0]
    wish = LoanWish(item.amount, item.term_months, item.industry, item.purpose)
    against = reasons(_facts(row), wish, rules[row["county_code"]], as_of)
    rated = row["grade"] is not None and as_of < row["valid_until"]
    return {
        "household_id": row["id"],
        "household_number": row["number"],
        "household_version": row["version"],
        "village_code": row["village_code"],
        "eligible": not against,
        "grade": row["grade"] if rated else None,
        "line": f"{row['line']:.2f}" if rated else None,
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
        "line": None,
        "reasons": [_plain(reason)],
    }


def _plain(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "zh": reason.zh, "en": reason.en, "clause": reason.clause}


def _facts(row: Record) -> HouseholdFacts:
    rating = None
    if row["grade"] is not None:
        rating = RatingFacts(row["grade"], row["line"], row["valid_from"], row["valid_until"])
    return HouseholdFacts(
        state=row["state"],
        birth_on=row["birth_on"],
        civil_capacity=row["civil_capacity"],
        able_to_work=row["able_to_work"],
        exclusions=frozenset(row["exclusions"]),
        credit_record=row["credit_record"],
        has_account=row["has_account"],
        lists=tuple(row["lists"]),
        rating=rating,
        open_loans=row["open_loans"],
        owed=Decimal(row["owed"]),
    )
