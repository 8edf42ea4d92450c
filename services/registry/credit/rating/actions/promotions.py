"""Raise grades and credit limits for loans repaid on time, the lending bank's or the county's (FJ-10, LG-10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.policy.packs.rules.schemes import scheme_of
from shared.dates import add_months
from shared.db import Connection
from shared.events.lending import LoanClosed
from shared.policy.rating_terms import RatingScheme

# The rating before is the latest one on the day of closing: the lending bank's where it rates by itself, else the
# county's. A household on a list keeps its credit limit as it is: it is frozen (FJ-12). Households are locked in the
# order of their ids, so that two loans of one household that close together are raised one after the other.
_BEFORE = """
SELECT a.loan_id, r.grade, r.credit_limit, r.bank_code
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) AS a (loan_id, household_id, closed_on, bank_code)
LEFT JOIN household_loan k ON k.loan_id = a.loan_id
CROSS JOIN LATERAL (
  SELECT t.grade, t.credit_limit, t.bank_code FROM rating t
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
INSERT INTO rating (loan_id, household_id, village_code, bank_code, grade, credit_limit, cause, valid_from, valid_until)
SELECT loan_id, household_id, village_code, bank_code, grade, credit_limit, 'repaid_on_time', valid_from, valid_until
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::date[], $8::date[])
  AS r (loan_id, household_id, village_code, bank_code, grade, credit_limit, valid_from, valid_until)
ON CONFLICT (loan_id) DO NOTHING
"""


async def raise_credit_limits(conn: Connection, events: Sequence[LoanClosed]) -> None:
    """Record a new rating for each household that repaid on time, valid from the day the loan was closed.

    The new rating has its own cause and points to the loan. A household that was never rated stays unrated, one that
    is on a list keeps its credit limit, and a loan that was ever late raises nothing.
    """
    on_time = [event for event in events if event.repaid_on_time]
    if not on_time:
        return
    await conn.execute(_LOCK, [event.household_id for event in on_time])
    for pass_ in _one_per_household(on_time):
        await _raise(conn, pass_)


def _one_per_household(events: Sequence[LoanClosed]) -> list[list[LoanClosed]]:
    """Split events into passes in which each household occurs once, by closing day; nearly always one pass."""
    passes: list[list[LoanClosed]] = []
    depth: dict[object, int] = {}
    for event in sorted(events, key=lambda each: (each.closed_on, each.loan_id)):
        place = depth.get(event.household_id, 0)
        depth[event.household_id] = place + 1
        if place == len(passes):
            passes.append([])
        passes[place].append(event)
    return passes


async def _raise(conn: Connection, events: Sequence[LoanClosed]) -> None:
    before = {
        row["loan_id"]: row
        for row in await conn.fetch(
            _BEFORE,
            [event.loan_id for event in events],
            [event.household_id for event in events],
            [event.closed_on for event in events],
            [event.bank_code for event in events],
        )
    }
    raised: list[tuple[Any, ...]] = []
    rated = [event for event in events if event.loan_id in before]
    schemes = await _schemes(conn, rated)
    for event in rated:
        day, old = event.closed_on, before[event.loan_id]
        scheme = scheme_of(schemes[event.village_code, day], old["bank_code"])
        found = next_limit(old["grade"], old["credit_limit"], event.principal, scheme)
        until = add_months(day, scheme.valid_months)
        whose = (event.loan_id, event.household_id, event.village_code, old["bank_code"])
        raised.append((*whose, found.grade, found.credit_limit, day, until))
    if raised:
        await conn.execute(_RAISE, *(list(column) for column in zip(*raised, strict=True)))


async def _schemes(conn: Connection, events: Sequence[LoanClosed]) -> dict[tuple[str, date], RatingScheme]:
    """Return the scheme that held in each village on each day; one read a day, and a batch has few days."""
    schemes: dict[tuple[str, date], RatingScheme] = {}
    for on in sorted({event.closed_on for event in events}):
        packs = await get_packs_in_force(conn, {event.village_code for event in events if event.closed_on == on}, on)
        schemes |= {(village, on): found.pack.rating_scheme() for village, found in packs.items()}
    return schemes
