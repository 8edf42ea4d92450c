"""Raise grades and lines for loans repaid on time, the lending bank's or the county's (FJ-10, LG-10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.registry.packs.queries import get_packs_in_force
from services.registry.rating.growth import next_line
from services.registry.rating.schemes import scheme_of
from services.registry.rating.validity import months_later
from shared.db import Connection
from shared.events.lending import LoanClosed
from shared.policy.rating_terms import RatingScheme

# The rating before is the latest one on the day of closing: the lending bank's where it rates by itself, else the
# county's. A household on a list keeps its line as it is: it is frozen (FJ-12). Households are locked in the order of
# their ids, so that two loans of one household that close together are raised one after the other.
_BEFORE = """
SELECT a.loan_id, r.grade, r.line, r.bank_code
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) AS a (loan_id, household_id, closed_on, bank_code)
LEFT JOIN household_loan k ON k.loan_id = a.loan_id
CROSS JOIN LATERAL (
  SELECT t.grade, t.line, t.bank_code FROM rating t
  WHERE t.household_id = a.household_id AND t.valid_from <= a.closed_on
    AND (t.bank_code IS NULL OR t.bank_code = coalesce(a.bank_code, k.bank_code))
  ORDER BY t.bank_code IS NULL, t.valid_from DESC, t.id DESC LIMIT 1
) r
WHERE r.grade IS NOT NULL
  AND NOT EXISTS (SELECT FROM listing l WHERE l.household_id = a.household_id AND l.listed_on <= a.closed_on
                    AND coalesce(l.cleared_on > a.closed_on, true))
"""
_LOCK = "SELECT id FROM household WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_RAISE = """
INSERT INTO rating (loan_id, household_id, village_code, bank_code, grade, line, cause, valid_from, valid_until)
SELECT loan_id, household_id, village_code, bank_code, grade, line, 'repaid_on_time', valid_from, valid_until
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::date[], $8::date[])
  AS r (loan_id, household_id, village_code, bank_code, grade, line, valid_from, valid_until)
ON CONFLICT (loan_id) DO NOTHING
"""


async def raise_lines(conn: Connection, facts: Sequence[LoanClosed]) -> None:
    """Record a new rating for each household that repaid on time, valid from the day the loan was closed.

    The new rating has its own cause and points to the loan. A household that was never rated stays unrated, one that
    is on a list keeps its line, and a loan that was ever late raises nothing.
    """
    on_time = [fact for fact in facts if fact.repaid_on_time]
    if not on_time:
        return
    await conn.execute(_LOCK, [fact.household_id for fact in on_time])
    for wave in _one_per_household(on_time):
        await _raise(conn, wave)


def _one_per_household(facts: Sequence[LoanClosed]) -> list[list[LoanClosed]]:
    """Split facts into waves in which each household stands once, by closing day; nearly always one wave."""
    waves: list[list[LoanClosed]] = []
    depth: dict[object, int] = {}
    for fact in sorted(facts, key=lambda each: (each.closed_on, each.loan_id)):
        place = depth.get(fact.household_id, 0)
        depth[fact.household_id] = place + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(fact)
    return waves


async def _raise(conn: Connection, facts: Sequence[LoanClosed]) -> None:
    before = {
        row["loan_id"]: row
        for row in await conn.fetch(
            _BEFORE,
            [fact.loan_id for fact in facts],
            [fact.household_id for fact in facts],
            [fact.closed_on for fact in facts],
            [fact.bank_code for fact in facts],
        )
    }
    raised: list[tuple[Any, ...]] = []
    rated = [fact for fact in facts if fact.loan_id in before]
    schemes = await _schemes(conn, rated)
    for fact in rated:
        day, old = fact.closed_on, before[fact.loan_id]
        scheme = scheme_of(schemes[fact.village_code, day], old["bank_code"])
        found = next_line(old["grade"], old["line"], fact.principal, scheme)
        until = months_later(day, scheme.valid_months)
        whose = (fact.loan_id, fact.household_id, fact.village_code, old["bank_code"])
        raised.append((*whose, found.grade, found.line, day, until))
    if raised:
        await conn.execute(_RAISE, *(list(column) for column in zip(*raised, strict=True)))


async def _schemes(conn: Connection, facts: Sequence[LoanClosed]) -> dict[tuple[str, date], RatingScheme]:
    """Return the scheme that held in each village on each day; one read a day, and a batch has few days."""
    schemes: dict[tuple[str, date], RatingScheme] = {}
    for on in sorted({fact.closed_on for fact in facts}):
        packs = await get_packs_in_force(conn, {fact.village_code for fact in facts if fact.closed_on == on}, on)
        schemes |= {(village, on): found.pack.rating_scheme() for village, found in packs.items()}
    return schemes
